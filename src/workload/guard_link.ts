import { abortable, withLimit } from "../async/abortable.ts";
import { delay } from "../async/delay.ts";
import type { GuardProcess } from "./guard_process.ts";
import { decodeReport, encodeLine, type GuardOrder, type GuardReport } from "./guard_protocol.ts";
import { readLines } from "./lines.ts";
import type { SweptWorkload } from "./sweep.ts";

// What a guard that has ended still said is in the pipe already.
const LAST_WORDS_LIMIT_MS = 1000;

/** What a guard reports of a command that it was told to run. */
export type CommandReport = Exclude<GuardReport, { kind: "ready" | "clock" }>;

/** The daemon's end of the pipes to one guard. */
export class GuardLink {
  readonly pid: number;
  readonly #process: GuardProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #now: () => number;
  readonly #questions = new Map<number, () => void>();
  readonly #deaf = new AbortController();
  readonly #gone = new AbortController();
  readonly #over: Promise<void>;
  readonly #ready = Promise.withResolvers<SweptWorkload>();
  #questionCount = 0;
  #offsetMs = -Infinity;
  #onReport: (report: CommandReport) => void = () => {};

  constructor(process: GuardProcess, options: { now?: () => number } = {}) {
    this.pid = process.pid;
    this.#process = process;
    this.#orders = process.stdin.getWriter();
    this.#now = options.now ?? (() => performance.now());
    this.#over = this.#serve();
  }

  /** Aborts, with the reason, when the guard is dead or not understood, and all it said was heard. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Resolves when the process has ended and nothing of the link is left. */
  get over(): Promise<void> {
    return this.#over;
  }

  /** Passes on what the guard reports from now on. */
  listen(onReport: (report: CommandReport) => void): void {
    this.#onReport = onReport;
  }

  /** Never waits: an order to a guard that does not read stays in the pipe. */
  send(order: GuardOrder): void {
    // A broken pipe is the guard's end, of which `gone` tells.
    this.#orders.write(new TextEncoder().encode(encodeLine(order))).catch(() => {});
  }

  /** What the command of this guard will be known by, once the guard is ready to run it. */
  async ready(options: { limitMs: number; signal: AbortSignal }): Promise<SweptWorkload> {
    return await this.#hears(this.#ready.promise, {
      act: "The start of the guard process",
      ...options,
    });
  }

  /** Asks the guard for its clock; rejects if it does not answer in time. */
  async askClock(options: { limitMs: number; signal: AbortSignal }): Promise<void> {
    const id = this.#questionCount++;
    const answered = Promise.withResolvers<void>();
    this.#questions.set(id, answered.resolve);
    this.send({ kind: "clock", id });
    try {
      await this.#hears(answered.promise, { act: "The answer of the guard process", ...options });
    } finally {
      this.#questions.delete(id);
    }
  }

  /** A time of this process in the guard's clock: at most too early, by what an answer takes. */
  toGuardTime(time: number): number | null {
    if (time === Infinity) return null;
    // The guard's clock begins at zero: what is not finite lies before all of its times.
    return Number.isFinite(time) ? time + this.#offsetMs : 0;
  }

  /** Kills the guard, also one that is stopped. */
  kill(): void {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended already: the handle knows that, so no other process can be hit.
      return;
    }
  }

  async #serve(): Promise<void> {
    const reading = this.#read();
    await Promise.race([reading, this.#process.status]);
    await Promise.race([
      reading,
      delay(LAST_WORDS_LIMIT_MS, { signal: this.#deaf.signal }).catch(() => {}),
    ]);
    this.#deaf.abort();
    this.#gone.abort(await reading);
    this.kill();
    await this.#process.status;
    // Ends whatever still waits to be written.
    await this.#orders.abort().catch(() => {});
  }

  /** Resolves with why nothing more can be heard. */
  async #read(): Promise<Error> {
    const { signal } = this.#deaf;
    // Another process may hold the pipe open when the guard has ended: then it has no end.
    const heard = this.#process.stdout.pipeThrough(new TransformStream(), { signal });
    try {
      for await (const line of readLines(heard)) this.#hear(decodeReport(line));
    } catch (cause) {
      if (!signal.aborted) return new Error("The guard process is not understood", { cause });
    }
    return new Error("The guard process ended");
  }

  #hears<T>(
    word: Promise<T>,
    { act, limitMs: timeoutMs, signal }: { act: string; limitMs: number; signal: AbortSignal },
  ): Promise<T> {
    return withLimit((signal) => abortable(abortable(word, signal), this.gone), {
      act,
      timeoutMs,
      signal,
    });
  }

  #hear(report: GuardReport): void {
    switch (report.kind) {
      case "ready":
        return this.#ready.resolve({ id: report.workloadId, cgroup: report.cgroup });
      case "clock":
        return this.#hearClock(report);
      default:
        return this.#onReport(report);
    }
  }

  #hearClock(report: Extract<GuardReport, { kind: "clock" }>): void {
    // It was sent before it was received, so each offset is too small, and the largest is best.
    this.#offsetMs = Math.max(this.#offsetMs, report.now - this.#now());
    this.#questions.get(report.id)?.();
  }
}
