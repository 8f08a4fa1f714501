/** One reason to look again, whatever happened. */
export class Alarm {
  #isRung = false;
  #waiting: PromiseWithResolvers<void> | undefined;

  ring(): void {
    this.#isRung = true;
    this.#waiting?.resolve();
  }

  /** Resolves once it was rung since the last time, or after so long; rejects with the signal's reason. */
  async next(limitMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#isRung) {
      const waiting = this.#waiting = Promise.withResolvers();
      const timer = setTimeout(() => waiting.resolve(), Math.max(0, limitMs));
      const onAbort = () => waiting.reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        await waiting.promise;
      } finally {
        this.#waiting = undefined;
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
      }
    }
    this.#isRung = false;
  }
}
