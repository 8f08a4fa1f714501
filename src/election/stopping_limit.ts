/** How long giving back may take once the candidate is stopping: its session is closed next. */
const STOPPING_LIMIT_MS = 2000;

/**
 * The time for giving back what a session holds: as long as it takes while the candidate goes on,
 * since a node left behind by a living session blocks all others; a short while once it is stopping,
 * since the end of the session then does the rest.
 */
export class StoppingLimit implements Disposable {
  readonly #expired = new AbortController();
  readonly #stopping: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stopping: AbortSignal) {
    this.#stopping = stopping;
    if (stopping.aborted) this.#start();
    else stopping.addEventListener("abort", this.#start, { once: true });
  }

  get signal(): AbortSignal {
    return this.#expired.signal;
  }

  [Symbol.dispose](): void {
    this.#stopping.removeEventListener("abort", this.#start);
    clearTimeout(this.#timer);
  }

  readonly #start = (): void => {
    this.#timer = setTimeout(() => this.#expired.abort(this.#stopping.reason), STOPPING_LIMIT_MS);
  };
}
