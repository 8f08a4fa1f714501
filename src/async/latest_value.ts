/**
 * A value that changes and that others follow. A follower always gets the newest value and may miss
 * those in between: right for states, wrong for events that must be counted.
 */
export class LatestValue<T> {
  readonly #waiting = new Set<() => void>();
  #value: T;

  constructor(initial: T) {
    this.#value = initial;
  }

  get value(): T {
    return this.#value;
  }

  /** Replaces the value and wakes every follower; setting an identical value wakes nobody. */
  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const wake of [...this.#waiting]) wake();
  }

  /** The value now, then each newest value, until the signal aborts; the iteration then simply ends. */
  async *changes(options: { signal: AbortSignal }): AsyncGenerator<T, void, void> {
    const { signal } = options;
    while (!signal.aborted) {
      const seen = this.#value;
      yield seen;
      if (Object.is(seen, this.#value)) await this.#changedOrAborted(signal);
    }
  }

  /** The first value, from now on, for which the predicate holds; rejects with the signal's reason. */
  async until<S extends T>(
    predicate: ((value: T) => value is S) | ((value: T) => boolean),
    options: { signal: AbortSignal },
  ): Promise<S> {
    for await (const value of this.changes(options)) {
      if (predicate(value)) return value as S;
    }
    throw options.signal.reason;
  }

  // A follower that aborts leaves nothing behind, however long the value stays as it is.
  #changedOrAborted(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        this.#waiting.delete(finish);
        signal.removeEventListener("abort", finish);
        resolve();
      };
      this.#waiting.add(finish);
      signal.addEventListener("abort", finish, { once: true });
    });
  }
}
