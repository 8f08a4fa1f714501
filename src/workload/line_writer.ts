/** Where bytes go: standard output or error. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<number>;
}

const MAX_WAITING_LINES = 1000;

/**
 * Writes lines in order and never makes its user wait: behind a reader that does not read, or a disk
 * that hangs, lines wait up to a limit and are then dropped. A guard that waited there could not kill.
 */
export class LineWriter {
  readonly #sink: ByteSink;
  readonly #broken = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** Aborts when nobody reads any more. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  write(line: string): void {
    if (this.#waiting >= MAX_WAITING_LINES || this.broken.aborted) return;
    this.#waiting++;
    this.#last = this.#last.then(() => this.#write(new TextEncoder().encode(line)));
  }

  /** Resolves when all that was written so far has gone out, or cannot go out. */
  flushed(): Promise<void> {
    return this.#last;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      let rest = bytes;
      while (rest.length > 0) rest = rest.subarray(await this.#sink.write(rest));
    } catch (error) {
      this.#broken.abort(error);
    } finally {
      this.#waiting--;
    }
  }
}
