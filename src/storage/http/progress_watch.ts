import { StorageError } from "../errors.ts";

/** A signal that aborts with its caller's, or when nothing moved for the limit. */
export class ProgressWatch implements Disposable {
  readonly #limitMs: number;
  readonly #source: AbortSignal;
  readonly #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #movedAt = performance.now();
  #pauses = 0;

  constructor({ timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal }) {
    this.#limitMs = timeoutMs;
    this.#source = signal;
    signal.addEventListener("abort", this.#onAbort);
    this.#arm(timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get limitMs(): number {
    return this.#limitMs;
  }

  /** Something moved: the limit begins anew. */
  moved(): void {
    this.#movedAt = performance.now();
  }

  /** Nobody waits for the server until `resume`. */
  pause(): void {
    this.#pauses += 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  resume(): void {
    this.#pauses -= 1;
    this.moved();
    if (this.#pauses === 0) this.#arm(this.#limitMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#pauses = Infinity;
    this.#source.removeEventListener("abort", this.#onAbort);
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  // One timer that looks again is much cheaper than a new one for each piece.
  #look(): void {
    const leftMs = this.#movedAt + this.#limitMs - performance.now();
    if (leftMs > 0) return this.#arm(leftMs);
    this.#end(new StorageError("timeout", `nothing moved for ${this.#limitMs} ms`));
  }

  readonly #onAbort = (): void => this.#end(this.#source.reason);

  #end(reason: unknown): void {
    this[Symbol.dispose]();
    this.#stop.abort(reason);
  }
}
