import { ProtocolError } from "./jute_reader.ts";

const HEADER_BYTES = 4;
const INITIAL_CAPACITY = 64 * 1024;

/** A frame announces more bytes than this side takes; `payloadStart` is what has arrived of it. */
export class FrameTooLargeError extends ProtocolError {
  override readonly name = "FrameTooLargeError";

  constructor(
    readonly announcedBytes: number,
    readonly limitBytes: number,
    readonly payloadStart: Uint8Array,
  ) {
    super(`Cannot take frame: it has ${announcedBytes} bytes, the limit is ${limitBytes}`);
  }
}

/**
 * Cuts a stream of bytes into frames (int32 length, payload). Bytes are received straight into
 * `space()`; a frame from `next()` is a view that holds until the next `received()`.
 */
export class FrameSplitter {
  readonly #limitBytes: number;
  #bytes = new Uint8Array(INITIAL_CAPACITY);
  #start = 0;
  #end = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Where to receive to; never empty. */
  space(): Uint8Array<ArrayBuffer> {
    if (this.#start === this.#end) this.#start = this.#end = 0;
    else if (this.#end === this.#bytes.length) this.#makeRoom();
    return this.#bytes.subarray(this.#end);
  }

  received(count: number): void {
    this.#end += count;
  }

  /**
   * The next whole frame's payload, or undefined until more bytes have come.
   * @throws {FrameTooLargeError} once the header of the answer inside has arrived, if there is one.
   */
  next(): Uint8Array | undefined {
    const available = this.#end - this.#start;
    if (available < HEADER_BYTES) return undefined;
    const length = new DataView(this.#bytes.buffer, this.#start).getInt32(0);
    if (length < 0) throw new ProtocolError(`Cannot take frame: its length is ${length}`);
    if (length > this.#limitBytes) {
      if (available < 2 * HEADER_BYTES) return undefined;
      const payloadStart = this.#bytes.slice(this.#start + HEADER_BYTES, this.#end);
      throw new FrameTooLargeError(length, this.#limitBytes, payloadStart);
    }
    if (available < HEADER_BYTES + length) return undefined;
    const at = this.#start + HEADER_BYTES;
    this.#start = at + length;
    return this.#bytes.subarray(at, at + length);
  }

  #makeRoom(): void {
    const kept = this.#bytes.subarray(this.#start, this.#end);
    const isMostlyKept = kept.length > this.#bytes.length / 2;
    const target = isMostlyKept ? new Uint8Array(this.#bytes.length * 2) : this.#bytes;
    target.set(kept);
    this.#bytes = target;
    this.#end = kept.length;
    this.#start = 0;
  }
}
