import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "../../src/log/logger.ts";
import { DEFAULT_SETTINGS, QuorumServer, type ServerSettings } from "../../src/quorum/mod.ts";
import { fourLetterWord } from "./four_letter_word.ts";
import { untilFree } from "./ports.ts";

export interface TestQuorumServerOptions {
  /** In the place of a folder that goes with the server. */
  folder?: string;
  settings?: Partial<ServerSettings>;
}

/** The embedded ZooKeeper server within the test's own process. */
export class TestQuorumServer implements AsyncDisposable {
  readonly #server: QuorumServer;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #folder: string | undefined;
  /** What it logged. */
  readonly lines: readonly string[];

  static async start(options: TestQuorumServerOptions = {}): Promise<TestQuorumServer> {
    const own = options.folder === undefined
      ? await mkdtemp(join(tmpdir(), "masterd-quorum-"))
      : undefined;
    const lines: string[] = [];
    const settings = settingsWith(options.settings);
    // Where a server of this program has listened before; 0 is any port.
    if (settings.listen.port !== 0) await untilFree(settings.listen.port);
    const server = await QuorumServer.open({
      settings,
      folder: join(options.folder ?? own!, "data"),
      logger: createLogger("quorum", { level: "debug", write: (line) => lines.push(line) }),
    }, new AbortController().signal);
    return new TestQuorumServer(server, lines, own);
  }

  private constructor(server: QuorumServer, lines: string[], folder: string | undefined) {
    this.#server = server;
    this.lines = lines;
    this.#folder = folder;
    this.#running = server.run(this.#stop.signal);
    // Whoever stops the server is told.
    this.#running.catch(() => {});
  }

  get port(): number {
    return this.#server.port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get log(): string {
    return this.lines.join("");
  }

  fourLetterWord(word: string): Promise<string> {
    return fourLetterWord(this.address, word);
  }

  /** Ends a session as if its time were up. */
  expire(sessionId: bigint): void {
    if (!this.#server.expireSession(sessionId)) throw new Error("there is no such session");
  }

  /** Ends the server in order; fails with what it failed with. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true });
  }
}

function settingsWith(settings: Partial<ServerSettings> = {}): ServerSettings {
  const { tickTimeMs = 500 } = settings;
  return {
    ...DEFAULT_SETTINGS,
    version: "3.8.0-test",
    listen: { host: "127.0.0.1", port: 0 },
    tickTimeMs,
    minSessionTimeoutMs: 2 * tickTimeMs,
    maxSessionTimeoutMs: 20 * tickTimeMs,
    maxConnectionsPerAddress: 0,
    allowedWords: new Set(["*"]),
    areTtlNodesAllowed: true,
    ...settings,
  };
}
