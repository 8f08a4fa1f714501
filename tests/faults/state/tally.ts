import { median } from "../../../bench/statistics.ts";

/** Counts what writers were told, and for how long none was told that a write was done. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #gapsMs: number[] = [];
  #workedMs = 0;
  #startMs = 0;
  #lastMs = 0;
  #gapMs = 0;

  /** Writers begin to work. */
  start(): void {
    this.#startMs = performance.now();
    this.#lastMs = this.#startMs;
    this.#gapMs = 0;
  }

  /** All of them have stopped. */
  stop(): void {
    this.#workedMs += performance.now() - this.#startMs;
    this.#gapsMs.push(this.#gapMs);
  }

  count(label: string, count = 1): void {
    this.#counts.set(label, (this.#counts.get(label) ?? 0) + count);
  }

  /** Counts a write that is done. */
  countDone(label: string): void {
    this.count(label);
    const nowMs = performance.now();
    this.#gapMs = Math.max(this.#gapMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }

  /** Takes in what another one counted. */
  add(other: Tally): void {
    for (const [label, count] of other.#counts) this.count(label, count);
    this.#gapsMs.push(...other.#gapsMs);
    this.#workedMs += other.#workedMs;
  }

  /** One line with all that was counted. */
  toString(): string {
    if (this.#gapsMs.length === 0) return "nothing was written";
    const counts = [...this.#counts].sort(([one], [other]) => one < other ? -1 : 1)
      .map(([label, count]) => `${label} ${count}`);
    const gapsMs = this.#gapsMs.reduce((sum, gapMs) => sum + gapMs, 0);
    const done = this.#counts.get("put acknowledged") ?? 0;
    const rate = (done / (this.#workedMs - gapsMs) * 1000).toFixed(0);
    const [half, longest] = [median(this.#gapsMs).toFixed(0), Math.max(...this.#gapsMs).toFixed(0)];
    return `${
      counts.join(", ")
    }; longest time without a write: median ${half} ms, max ${longest} ms; ` +
      `${rate} puts acknowledged a second outside of it`;
  }
}
