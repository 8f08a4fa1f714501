import { aborted } from "../../../../src/async/abortable.ts";
import type { Terminal } from "../../../../src/cli/byte_streams.ts";
import type { CommandContext } from "../../../../src/cli/command_context.ts";
import type { StateAccess } from "../../../../src/cli/state/access.ts";
import type { StateRun } from "../../../../src/cli/state/run.ts";
import type { Configuration } from "../../../../src/config/configuration.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import type { EntryVersion } from "../../../../src/state/entry.ts";
import type { StateReader } from "../../../../src/state/state_reader.ts";
import type { FakeLeader } from "../../../support/fake_leader.ts";

export const TOKEN = "a-token-of-16-signs";

export interface FakeRunOptions {
  /** What standard input brings. */
  input?: readonly Uint8Array[];
  /** Standard output is a terminal. */
  isTerminal?: boolean;
  terminal?: Terminal;
  isJson?: boolean;
  signal?: AbortSignal;
  reader?: Partial<StateReader>;
  /** Of any entry; asked anew each time. */
  versions?: () => readonly EntryVersion[] | Promise<readonly EntryVersion[]>;
  /** One after another, as ZooKeeper tells them; a leader until it has answered, and the last one stays. */
  leaders?: readonly (FakeLeader | undefined)[];
}

/** A command's folder, streams and cluster, and what it printed. */
export class FakeRun implements AsyncDisposable {
  readonly homeDir: string;
  readonly run: StateRun;
  readonly out: string[] = [];
  readonly errors: string[] = [];
  /** What was written to standard output as bytes. */
  readonly written: Uint8Array[] = [];

  private constructor(homeDir: string, options: FakeRunOptions) {
    const { isJson = false, signal = new AbortController().signal } = options;
    this.homeDir = homeDir;
    this.run = { access: this.#access(options), context: this.#context(options), isJson, signal };
  }

  static async create(options: FakeRunOptions = {}): Promise<FakeRun> {
    const homeDir = await Deno.makeTempDir({ prefix: "masterd_state_" });
    await Deno.writeTextFile(`${homeDir}/token`, `${TOKEN}\n`, { mode: 0o600 });
    return new FakeRun(homeDir, options);
  }

  get text(): string {
    const decoder = new TextDecoder();
    return this.written.map((piece) => decoder.decode(piece, { stream: true })).join("");
  }

  /** The names of all files but the token's. */
  async files(): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(this.homeDir));
    return entries.map(({ name }) => name).filter((name) => name !== "token").sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.homeDir, { recursive: true });
  }

  #context({ input = [], isTerminal = false, terminal }: FakeRunOptions): CommandContext {
    return {
      environment: {},
      workingDirectory: this.homeDir,
      input: {
        isTerminal: false,
        async *pieces() {
          for (const piece of input) yield await Promise.resolve(piece);
        },
      },
      output: {
        isTerminal,
        write: (piece) => Promise.resolve(this.written.push(piece) > 0),
      },
      terminal,
      print: (line) => void this.out.push(...line.split("\n")),
      printError: (line) => void this.errors.push(...line.split("\n")),
      exit: () => {},
    };
  }

  #access({ reader = {}, versions = () => [], leaders = [] }: FakeRunOptions): StateAccess {
    let [told, wasTold] = [0, false];
    const hasNext = () => told < leaders.length - 1;
    const configuration = {
      tokenFile: `${this.homeDir}/token`,
      env: { pidDir: this.homeDir },
    } as Configuration;
    return {
      configuration,
      lost: new AbortController().signal,
      reader: () => Promise.resolve(reader as StateReader),
      versions: () => Promise.resolve(versions()),
      async *leaders({ signal }) {
        if (wasTold && hasNext() && leaders[told]?.isOver !== false) told += 1;
        wasTold = true;
        while (true) {
          yield informationOf(leaders[told]);
          // Whoever leads goes on until somebody asks anew.
          if (leaders[told] !== undefined || !hasNext()) await aborted(signal);
          signal.throwIfAborted();
          told += 1;
        }
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
}

/** A version of an entry. */
export function versionOf(version: number, content = "content"): EntryVersion {
  return {
    version: BigInt(version),
    length: content.length,
    sha256: "0".repeat(64),
    epoch: 3n,
    writtenAt: "2025-01-02T03:04:05.678Z",
  };
}

function informationOf(leader: FakeLeader | undefined): LeaderInformation | undefined {
  if (leader === undefined) return undefined;
  const { leaderSessionId, address } = leader;
  const details = { ...address, epoch: 3n, version: "0" };
  return { leaderSessionId, address: `http://${address.host}:${address.webuiPort}`, details };
}
