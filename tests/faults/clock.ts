import { TestProcess } from "../support/process.ts";

const RECORDER = new URL("recorder.pl", import.meta.url).pathname;
const QUESTIONS = 20;

/** Turns `performance.now()` of this process into the clock that recorders write down. */
export class RecorderClock {
  readonly #offsetMs: number;

  /** Asks a recorder for its clock several times and takes the answer that came quickest. */
  static async calibrate(): Promise<RecorderClock> {
    await using process = TestProcess.start("perl", { args: [RECORDER, "--clock"] });
    let best = { tookMs: Infinity, offsetMs: 0 };
    for (let question = 0; question < QUESTIONS; question++) {
      const askedMs = performance.now();
      await process.writeLine("now");
      const { text } = await process.waitForLine(() => true, { from: question });
      const tookMs = performance.now() - askedMs;
      if (tookMs < best.tookMs) best = { tookMs, offsetMs: Number(text) - askedMs - tookMs / 2 };
    }
    return new RecorderClock(best.offsetMs);
  }

  private constructor(offsetMs: number) {
    this.#offsetMs = offsetMs;
  }

  now(): number {
    return performance.now() + this.#offsetMs;
  }
}
