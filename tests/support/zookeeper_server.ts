import { fileURLToPath } from "node:url";
import { fourLetterWord } from "./four_letter_word.ts";
import { freePort } from "./ports.ts";
import { TestProcess } from "./process.ts";
import { until } from "./until.ts";
import { findZooKeeper } from "./zookeeper_installation.ts";
import { endApacheSession } from "./apache_sessions.ts";
import { type ZooKeeperKind, zooKeeperKind } from "./zookeeper_kind.ts";

const START_LIMIT_MS = 30_000;

// Starts in a quarter of a second; a server under load is better off without these.
const QUICK_JVM = ["-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"];

export interface ZooKeeperServerOptions {
  /** Whose server; that of `MASTERD_TEST_ZOOKEEPER` unless told, and always Apache's with an `id`. */
  kind?: ZooKeeperKind;
  /** 500 ms unless told: sessions from 1 s to 10 s, and expiry noticed within half a second. */
  tickTimeMs?: number;
  minSessionTimeoutMs?: number;
  maxSessionTimeoutMs?: number;
  /** A free port unless told. */
  port?: number;
  /** Further lines of zoo.cfg; they win over those set here. */
  settings?: Record<string, string | number>;
  /** Content of the file `myid`, for a member of an ensemble. */
  id?: number;
  /** A binary of masterd whose `masterd zookeeper` is the embedded server, in the place of a test program. */
  binary?: string;
  /** In the place of those that make the server start quickly. */
  jvmOptions?: readonly string[];
}

/**
 * A real ZooKeeper on a loopback port, Apache's or the embedded one, with its data in a folder that goes
 * with it.
 */
export class ZooKeeperServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #kind: ZooKeeperKind;
  readonly #binary: string | undefined;
  readonly #jvmOptions: readonly string[];
  #process: TestProcess | undefined;

  /** Starts a server and returns once it serves requests; 30 seconds at most. */
  static async start(options: ZooKeeperServerOptions = {}): Promise<ZooKeeperServer> {
    const port = options.port ?? freePort();
    const folder = await Deno.makeTempDir({ prefix: "masterd_zookeeper_" });
    const server = new ZooKeeperServer(port, folder, options);
    try {
      await writeConfiguration(folder, port, options);
      await server.#launch();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  private constructor(port: number, folder: string, options: ZooKeeperServerOptions) {
    this.port = port;
    this.#folder = folder;
    this.#kind = options.id === undefined ? options.kind ?? zooKeeperKind : "apache";
    this.#binary = options.binary;
    this.#jvmOptions = options.jvmOptions ?? QUICK_JVM;
  }

  /** The connect string of this server alone. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Undefined while the server is down. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** What the server logged since its last start: warnings and errors. */
  get log(): string {
    return this.#process?.text ?? "";
  }

  /** Ends the server in order; its data stays for `restart()`. */
  async stop(): Promise<void> {
    this.thaw();
    await this.#process?.stop();
    this.#process = undefined;
  }

  /** Ends the server as a crash would; its data stays for `restart()`. */
  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#process = undefined;
  }

  /** Stops the process in its tracks: sockets stay open and nothing answers. */
  freeze(): void {
    this.#process?.signal("SIGSTOP");
  }

  /** Lets a frozen server go on. */
  thaw(): void {
    this.#process?.signal("SIGCONT");
  }

  /** Starts the server again on the same port and data, after stopping it if it runs. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#launch();
  }

  /** The answer to one of ZooKeeper's four letter words; all are allowed. */
  fourLetterWord(word: string): Promise<string> {
    return fourLetterWord(this.address, word);
  }

  /** Ends a session of whomever, at once: its owner finds it expired. */
  async expire(sessionId: bigint): Promise<void> {
    if (this.#kind === "apache") return await endApacheSession(this.address, sessionId);
    const from = this.#process!.lines.length;
    await this.#process!.writeLine(String(sessionId));
    await this.#process!.waitForLine((line) => line === `expired ${sessionId}`, { from });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #launch(): Promise<void> {
    const [program, ...args] = this.#kind === "apache" ? this.#apache() : this.#embedded();
    const server = TestProcess.start(program!, { args });
    this.#process = server;
    const limit = new AbortController();
    server.ended.then(() => limit.abort(new Error("the server ended")));
    // A server may leave a question unanswered that reaches it while it starts: ask again soon.
    const ask = () => fourLetterWord(this.address, "srvr", { limitMs: 200 });
    try {
      await until(ask, (answer) => answer.includes("Mode: "), {
        limitMs: START_LIMIT_MS,
        signal: limit.signal,
      });
    } catch (cause) {
      throw new Error(`Cannot start ZooKeeper on ${this.address}; it logged:\n${server.text}`, {
        cause,
      });
    }
  }

  #apache(): string[] {
    const { java, classPath } = findZooKeeper();
    return [
      java,
      ...this.#jvmOptions,
      "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
      "-cp",
      [this.#folder, ...classPath].join(":"),
      "org.apache.zookeeper.server.quorum.QuorumPeerMain",
      `${this.#folder}/zoo.cfg`,
    ];
  }

  #embedded(): string[] {
    if (this.#binary !== undefined) {
      return [this.#binary, "zookeeper", "--config-dir", this.#folder];
    }
    const program = fileURLToPath(new URL("quorum_program.ts", import.meta.url));
    return [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", program, this.#folder];
  }
}

async function writeConfiguration(
  folder: string,
  port: number,
  options: ZooKeeperServerOptions,
): Promise<void> {
  const dataDir = `${folder}/data`;
  await Deno.mkdir(dataDir);
  if (options.id !== undefined) await Deno.writeTextFile(`${dataDir}/myid`, `${options.id}\n`);
  const settings = { ...basicSettings(port, options), dataDir, ...options.settings };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
  await Deno.writeTextFile(`${folder}/zoo.cfg`, lines.join(""));
  await Deno.writeTextFile(`${folder}/flink-conf.yaml`, "");
  await Deno.writeTextFile(`${folder}/logback.xml`, LOGBACK);
  await Deno.writeTextFile(`${folder}/log4j.properties`, LOG4J);
}

function basicSettings(
  port: number,
  options: ZooKeeperServerOptions,
): Record<string, string | number> {
  const { tickTimeMs = 500, minSessionTimeoutMs, maxSessionTimeoutMs } = options;
  return {
    tickTime: tickTimeMs,
    clientPort: port,
    clientPortAddress: "127.0.0.1",
    maxClientCnxns: 0,
    "admin.enableServer": "false",
    "4lw.commands.whitelist": "*",
    // Tests survive a crash of the server process, not one of the machine.
    forceSync: "no",
    // In kilobytes: the 64 MB that the server otherwise writes before it serves take their time.
    preAllocSize: 1024,
    ...(minSessionTimeoutMs === undefined ? {} : { minSessionTimeout: minSessionTimeoutMs }),
    ...(maxSessionTimeoutMs === undefined ? {} : { maxSessionTimeout: maxSessionTimeoutMs }),
  };
}

// A release of ZooKeeper brings logback (3.8 and newer) or log4j; Debian's has neither.
const LOGBACK = `<configuration>
  <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{ISO8601} %-5p %c{1} - %m%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="CONSOLE" /></root>
</configuration>
`;
const LOG4J = `log4j.rootLogger=WARN, CONSOLE
log4j.appender.CONSOLE=org.apache.log4j.ConsoleAppender
log4j.appender.CONSOLE.layout=org.apache.log4j.PatternLayout
log4j.appender.CONSOLE.layout.ConversionPattern=%d{ISO8601} %-5p %c{1} - %m%n
`;
