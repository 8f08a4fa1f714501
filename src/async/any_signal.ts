/**
 * A signal that aborts as soon as one of several does, until it is disposed.
 *
 * `AbortSignal.any` is not used anywhere: Deno 2.6 loses the combined signal at the next garbage
 * collection if nothing but its listeners waits for it, and then it never aborts.
 */
export class AnySignal implements Disposable {
  readonly #controller = new AbortController();
  readonly #sources: readonly AbortSignal[];

  constructor(sources: readonly AbortSignal[]) {
    this.#sources = sources;
    for (const source of sources) source.addEventListener("abort", this.#abort);
    this.#abort();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Lets go of the sources: the signal does not abort any more. */
  [Symbol.dispose](): void {
    for (const source of this.#sources) source.removeEventListener("abort", this.#abort);
  }

  readonly #abort = (): void => {
    const first = this.#sources.find((source) => source.aborted);
    if (first === undefined || this.signal.aborted) return;
    this.#controller.abort(first.reason);
    this[Symbol.dispose]();
  };
}
