/** How often the clock has to be read, at least, while nothing stalls; in milliseconds. */
export const CLOCK_READ_INTERVAL_MS = 500;

// A timer is late by some milliseconds on a busy machine; what is later than this was a stall.
const TOLERANCE_MS = 250;

/**
 * A monotonic clock that stands still while this process does not run: what is timed by it is
 * extended by a stall (SIGSTOP, a debugger, a frozen machine), as if that had not been.
 *
 * It knows a stall by the time between two readings, so somebody has to read it each
 * `CLOCK_READ_INTERVAL_MS`. It never runs faster than the clock beneath it.
 */
export class StallFreeClock {
  readonly #monotonicMs: () => number;
  #lastMs: number;
  #stalledMs = 0;

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
    this.#lastMs = monotonicMs();
  }

  /** Milliseconds in which this process has run. */
  now(): number {
    const nowMs = this.#monotonicMs();
    const gapMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (gapMs > CLOCK_READ_INTERVAL_MS + TOLERANCE_MS) {
      this.#stalledMs += gapMs - CLOCK_READ_INTERVAL_MS;
    }
    return nowMs - this.#stalledMs;
  }

  /** Milliseconds of all stalls so far. */
  get stalledMs(): number {
    return this.#stalledMs;
  }
}
