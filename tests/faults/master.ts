import { call } from "../../src/http/call.ts";
import type { NodeStatus } from "../../src/http/status.ts";
import { TestProcess } from "../support/process.ts";
import type { ProxyMode, TcpProxy } from "../support/tcp_proxy.ts";
import { until } from "../support/until.ts";
import type { RecorderClock } from "./clock.ts";
import { childrenWithWord, descendants, isGone, signalProcess } from "./process_tree.ts";

const ANSWER_LIMIT_MS = 1000;
const END_LIMIT_MS = 10_000;

export interface MasterOptions {
  name: string;
  /** The words that start masterd. */
  program: readonly string[];
  /** Its own; holds `conf`. */
  homeDir: string;
  webuiPort: number;
  /** Its own way to each ZooKeeper server, in their order. */
  links: readonly TcpProxy[];
  clock: RecorderClock;
}

/** One master as a real process, which can be killed, frozen and cut off by itself. */
export class Master implements AsyncDisposable {
  readonly name: string;
  readonly url: string;
  readonly links: readonly TcpProxy[];
  readonly #options: MasterOptions;
  readonly #log: Deno.FsFile;
  readonly #processes: [TestProcess, ...TestProcess[]];

  /** Starts the daemon. */
  static start(options: MasterOptions): Master {
    return new Master(options);
  }

  private constructor(options: MasterOptions) {
    this.#options = options;
    this.name = options.name;
    this.url = `http://localhost:${options.webuiPort}`;
    this.links = options.links;
    this.#log = Deno.openSync(`${options.homeDir}/daemon.log`, { create: true, append: true });
    this.#processes = [this.#spawn(...this.#words())];
  }

  /** Where others reach it, as `masterd switchover --to` wants it. */
  get address(): string {
    return `localhost:${this.#options.webuiPort}`;
  }

  get sessionFile(): string {
    return `${this.#options.homeDir}/session`;
  }

  /** The daemon that was started last. */
  get process(): TestProcess {
    return this.#processes.at(-1)!;
  }

  /** The processes that guard the daemon's commands. */
  get guards(): number[] {
    return childrenWithWord(this.process.pid, "guard");
  }

  /** Runs another command of masterd beside the daemon, until it ends. */
  async run(...args: string[]): Promise<{ code: number; text: string }> {
    await using process = this.#spawn(...args);
    const { code } = await process.ends();
    return { code, text: process.text };
  }

  /** Starts the daemon again once it is gone, at once, as a supervisor would: its guard may live. */
  async restart(): Promise<void> {
    await until(() => isGone(this.process.pid), Boolean, { limitMs: END_LIMIT_MS });
    this.#processes.push(this.#spawn(...this.#words()));
    await until(() => this.status(), () => true, { limitMs: END_LIMIT_MS });
  }

  /** What the daemon says of itself. */
  async status(): Promise<NodeStatus> {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const answer = await call(`${this.url}/api/v1/status`, { method: "GET", signal });
    return answer.body as NodeStatus;
  }

  /** Changes what the ways to all servers do. */
  async setLinks(mode: ProxyMode): Promise<void> {
    await Promise.all(this.links.map((link) => link.setMode(mode)));
  }

  cutLinks(): void {
    for (const link of this.links) link.cutConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) await end(process);
    this.#log.close();
  }

  #words(): string[] {
    return ["jobmanager", "--host", "localhost", "--webui-port", String(this.#options.webuiPort)];
  }

  #spawn(...args: string[]): TestProcess {
    const { program: [program, ...words], homeDir, clock } = this.#options;
    return TestProcess.start(program!, {
      args: [...words, ...args],
      cwd: homeDir,
      env: { MASTERD_HOME: homeDir, MASTERD_SESSION_FILE: this.sessionFile },
      // With the clock of the recorders: logs and their files can be laid side by side.
      onLine: ({ text }) => this.#write(`${clock.now().toFixed(3)} ${text}\n`),
    });
  }

  #write(line: string): void {
    this.#log.writeSync(new TextEncoder().encode(line));
  }
}

// A guard ends by itself, unless the fault of a failed run is in the way.
async function end(process: TestProcess): Promise<void> {
  const family = [process.pid, ...descendants(process.pid)];
  for (const pid of family) signalProcess(pid, "SIGCONT");
  process.signal("SIGKILL");
  await process.ends({ limitMs: END_LIMIT_MS }).catch(async () => {
    for (const pid of family) signalProcess(pid, "SIGKILL");
    await process.ended;
  });
}
