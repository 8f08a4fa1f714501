import type { ProcessLine, TestProcess } from "../support/process.ts";
import { curatorClassPath, startJava } from "./java_program.ts";

const CLOCK_SAMPLES = 20;

export interface CuratorContenderOptions {
  address: string;
  latchPath: string;
  id: string;
  sessionTimeoutMs: number;
  /** Curator told its application that it leads; the time is on the clock of `performance.now()`. */
  onLeader: (atMs: number) => void;
  /** The application stopped to lead: Curator told it to, or it is about to close the latch. */
  onNotLeader: (atMs: number) => void;
}

/** A Java process that contends with Curator's LeaderLatch. */
export class CuratorContender implements AsyncDisposable {
  readonly #java: TestProcess;
  /** What to add to a time of the Java process, in ms, to get one of this process. */
  #clockOffsetMs = 0;
  #clockErrorMs = Infinity;

  /** Starts the process and its ZooKeeper session; it does not contend yet. */
  static async start(options: CuratorContenderOptions): Promise<CuratorContender> {
    const { address, latchPath, id, sessionTimeoutMs } = options;
    const java = startJava("CuratorContender", {
      classPath: curatorClassPath(),
      args: [address, latchPath, id, String(sessionTimeoutMs)],
      onLine: (line) => contender.#report(line, options),
    });
    const contender = new CuratorContender(java);
    try {
      await java.waitForLine((text) => text.startsWith("READY"), { limitMs: 30_000 });
      await contender.#compareClocks();
    } catch (error) {
      await java.kill();
      throw error;
    }
    return contender;
  }

  private constructor(java: TestProcess) {
    this.#java = java;
  }

  /** How far the times that are reported may be off. */
  get clockErrorMs(): number {
    return this.#clockErrorMs;
  }

  /** Joins the election with a new LeaderLatch. */
  async join(): Promise<void> {
    await this.#ask("start", "STARTED");
  }

  /** Leaves the election, and gives leadership back if it was held. */
  async leave(): Promise<void> {
    await this.#ask("close", "CLOSED");
  }

  /** The ids of all contenders as Curator reads them, in order. */
  async participants(): Promise<string[]> {
    return (await this.#ask("participants", "PARTICIPANTS")).rest.split(",");
  }

  /** The id of the leader as Curator reads it. */
  async leader(): Promise<string> {
    return (await this.#ask("leader", "LEADER_IS")).rest;
  }

  /** Ends the process as a crash would. */
  async kill(): Promise<void> {
    await this.#java.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #ask(command: string, answer: string): Promise<Report> {
    const from = this.#java.lines.length;
    await this.#java.writeLine(command);
    const line = await this.#java.waitForLine((text) => text.startsWith(answer), { from });
    return parseReport(line.text);
  }

  /** Both clocks are the machine's monotonic one and differ only in where they count from. */
  async #compareClocks(): Promise<void> {
    for (let sample = 0; sample < CLOCK_SAMPLES; sample++) {
      const beforeMs = performance.now();
      const { atMs } = await this.#ask("clock", "CLOCK");
      const halfTripMs = (performance.now() - beforeMs) / 2;
      if (halfTripMs >= this.#clockErrorMs) continue;
      this.#clockErrorMs = halfTripMs;
      this.#clockOffsetMs = beforeMs + halfTripMs - atMs;
    }
  }

  #report(line: ProcessLine, options: CuratorContenderOptions): void {
    const { word, atMs } = parseReport(line.text);
    if (word === "LEADER") options.onLeader(atMs + this.#clockOffsetMs);
    if (word === "NOT_LEADER" || word === "RESIGNING") {
      options.onNotLeader(atMs + this.#clockOffsetMs);
    }
  }
}

interface Report {
  word: string;
  atMs: number;
  rest: string;
}

function parseReport(text: string): Report {
  const [word = "", nanoseconds, ...rest] = text.split(" ");
  return { word, atMs: Number(nanoseconds) / 1e6, rest: rest.join(" ") };
}
