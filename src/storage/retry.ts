import { backoff } from "../async/backoff.ts";
import { delay } from "../async/delay.ts";

/** How often, and for how long, an act is tried again. */
export interface RetryLimits {
  /** With the first one. */
  attempts: number;
  /** No attempt begins later than this after the first one, in milliseconds. */
  withinMs: number;
  /** The pause before the second attempt; each one is up to twice as long as the one before. */
  initialMs: number;
  maxMs: number;
}

export interface RetryOptions {
  limits: RetryLimits;
  /** True for a failure that may pass; only of acts that do no harm when they happen twice. */
  isPassing: (error: unknown) => boolean;
  signal: AbortSignal;
  /** Between 0 and 1; shortens the pauses by up to half. */
  random?: () => number;
}

/** Counts failures in a row, and waits between attempts. */
export class Attempts {
  readonly #options: RetryOptions;
  #beganAt = performance.now();
  #pauses: Generator<number, never, void>;
  #failures = 0;

  constructor(options: RetryOptions) {
    this.#options = options;
    this.#pauses = backoff(options.limits, options.random);
  }

  /** The number of the attempt under way, from 1. */
  get count(): number {
    return this.#failures + 1;
  }

  /** Waits for the next attempt; throws the failure itself if another one is of no use. */
  async waitAfter(failure: unknown): Promise<void> {
    const { limits, isPassing, signal } = this.#options;
    signal.throwIfAborted();
    this.#failures += 1;
    if (!isPassing(failure) || this.#failures >= limits.attempts) throw failure;
    const pauseMs = this.#pauses.next().value;
    if (performance.now() + pauseMs - this.#beganAt > limits.withinMs) throw failure;
    await delay(pauseMs, { signal });
  }

  /** The attempt under way brought something: what fails next counts as the first failure. */
  progressed(): void {
    if (this.#failures > 0) this.#pauses = backoff(this.#options.limits, this.#options.random);
    this.#failures = 0;
    this.#beganAt = performance.now();
  }
}

/** Tries until it works, the limits are reached, or a failure comes that does not pass: throws the last one. */
export async function withRetries<T>(
  attempt: (count: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const attempts = new Attempts(options);
  while (true) {
    try {
      return await attempt(attempts.count);
    } catch (failure) {
      await attempts.waitAfter(failure);
    }
  }
}
