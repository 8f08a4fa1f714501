import type { ProgressWatch } from "./progress_watch.ts";

const READ_BYTES = 65_536;

/** One stream to a server, plain or TLS. Every byte that moves is told to the watch, whose end closes it. */
export class Connection {
  readonly #socket: Deno.Conn;
  readonly #watch: ProgressWatch;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #unread = this.#buffer.subarray(0, 0);
  #isClosed = false;

  constructor(socket: Deno.Conn, watch: ProgressWatch) {
    this.#socket = socket;
    this.#watch = watch;
    watch.signal.addEventListener("abort", this.close);
    if (watch.signal.aborted) this.close();
  }

  /** Bytes that arrived, a view that holds until the next call; null at the end of the stream. */
  async peek(): Promise<Uint8Array | null> {
    while (this.#unread.length === 0) {
      const count = await this.#socket.read(this.#buffer);
      if (count === null) return null;
      this.#watch.moved();
      this.#unread = this.#buffer.subarray(0, count);
    }
    return this.#unread;
  }

  /** Takes so many of the bytes that `peek` showed. */
  take(count: number): void {
    this.#unread = this.#unread.subarray(count);
  }

  /** Writes all of the bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await this.#socket.write(bytes.subarray(at));
      this.#watch.moved();
    }
  }

  readonly close = (): void => {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watch.signal.removeEventListener("abort", this.close);
    this.#socket.close();
  };
}
