import { fourLetterWord } from "../../tests/support/four_letter_word.ts";
import { freePort } from "../../tests/support/ports.ts";
import { TestProcess } from "../../tests/support/process.ts";
import { RawZooKeeper } from "../../tests/support/raw_zookeeper.ts";
import { until } from "../../tests/support/until.ts";
import { findZooKeeper } from "../../tests/support/zookeeper_installation.ts";
import { residentMegabytes } from "../state/memory.ts";

const START_LIMIT_MS = 60_000;

/** A server under comparison, and how it is started on a folder that holds its zoo.cfg. */
export interface ServerKind {
  readonly name: string;
  /** More settings of its zoo.cfg. */
  readonly settings: () => Record<string, string | number>;
  command(folder: string): string[];
}

/** The embedded server, from the words that start masterd. */
export function embedded(name: string, program: readonly string[]): ServerKind {
  const command = (folder: string) => [...program, "zookeeper", "--config-dir", folder];
  return { name, settings: () => ({}), command };
}

/** Apache ZooKeeper as its bin/zkServer.sh and zkEnv.sh start it, and with the settings it has by itself. */
export function apache(): ServerKind {
  return {
    name: "Apache",
    // Its HTTP server would be at port 8080, which somebody may have.
    settings: () => ({ "admin.serverPort": freePort() }),
    command: (folder) =>
      java(folder, [
        "-Xmx1000m",
        "-XX:+HeapDumpOnOutOfMemoryError",
        "-XX:OnOutOfMemoryError=kill -9 %p",
        "-Dcom.sun.management.jmxremote",
        "-Dcom.sun.management.jmxremote.local.only=true",
      ]),
  };
}

/** Apache ZooKeeper with a small heap, and without what manages it: JMX, and HTTP. */
export function leanApache(): ServerKind {
  return {
    name: "Apache, lean",
    settings: () => ({ "admin.enableServer": "false" }),
    command: (folder) => java(folder, ["-Xmx128m"]),
  };
}

function java(folder: string, options: readonly string[]): string[] {
  const { java, classPath } = findZooKeeper();
  return [
    java,
    ...options,
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-cp",
    [folder, ...classPath].join(":"),
    "org.apache.zookeeper.server.quorum.QuorumPeerMain",
    `${folder}/zoo.cfg`,
  ];
}

/** From the start of the process, in milliseconds. */
export interface StartFigures {
  /** Until the server says that it serves. */
  answerMs: number;
  /** Until a first session is open, which is a write. */
  sessionMs: number;
}

/** Resident memory. */
export interface MemoryFigures {
  residentMegabytes: number;
  /** Without its files, programs above all, which others may share. */
  ownMegabytes: number;
}

/** A server as a process of its own, with data that it syncs to the disk; both go with it. */
export class BenchServer implements AsyncDisposable {
  readonly port: number;
  readonly startFigures: StartFigures;
  readonly #process: TestProcess;
  readonly #folder: string;

  /** Starts it on a new folder, and opens a session. */
  static async start(kind: ServerKind): Promise<BenchServer> {
    const port = freePort();
    const folder = await Deno.makeTempDir({ prefix: "masterd_bench_" });
    await writeConfiguration(folder, { clientPort: port, ...kind.settings() });
    const [program, ...args] = kind.command(folder);
    const startMs = performance.now();
    const process = TestProcess.start(program!, { args });
    try {
      await untilServing(port, process);
      const answerMs = performance.now() - startMs;
      const { client } = await RawZooKeeper.open(port);
      const sessionMs = performance.now() - startMs;
      client[Symbol.dispose]();
      return new BenchServer({ port, process, folder, startFigures: { answerMs, sessionMs } });
    } catch (cause) {
      await process.kill();
      await Deno.remove(folder, { recursive: true });
      throw new Error(`${kind.name} does not serve; it wrote:\n${process.text}`, { cause });
    }
  }

  private constructor(
    options: { port: number; process: TestProcess; folder: string; startFigures: StartFigures },
  ) {
    this.port = options.port;
    this.startFigures = options.startFigures;
    this.#process = options.process;
    this.#folder = options.folder;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Resident memory now. */
  async memory(): Promise<MemoryFigures> {
    const { nowMegabytes, ownMegabytes } = await residentMegabytes(this.#process.pid);
    return { residentMegabytes: nowMegabytes, ownMegabytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function untilServing(port: number, process: TestProcess): Promise<void> {
  const end = new AbortController();
  process.ended.then(() => end.abort(new Error("it ended")));
  const ask = () => fourLetterWord(`127.0.0.1:${port}`, "srvr", { limitMs: 200 });
  await until(ask, (answer) => answer.includes("Mode: "), {
    limitMs: START_LIMIT_MS,
    intervalMs: 1,
    signal: end.signal,
  });
}

/** What is not told is as the server has it by itself: above all, each write is synced to the disk. */
async function writeConfiguration(
  folder: string,
  own: Record<string, string | number>,
): Promise<void> {
  const settings = {
    ...own,
    clientPortAddress: "127.0.0.1",
    dataDir: `${folder}/data`,
    maxClientCnxns: 0,
    maxSessionTimeout: 600_000,
  };
  await Deno.mkdir(settings.dataDir);
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
  await Deno.writeTextFile(`${folder}/zoo.cfg`, lines.join(""));
  await Deno.copyFile(
    new URL("../../conf/flink-conf.yaml", import.meta.url),
    `${folder}/flink-conf.yaml`,
  );
}
