import { ProtocolError } from "../../zookeeper/wire/jute_reader.ts";

const LENGTH_BYTES = 4;
const MIN_CAPACITY = 1024;
/** A buffer that was filled by one read grows up to this; only a long frame makes it longer. */
const MAX_READ_CAPACITY = 64 * 1024;

/**
 * Cuts the stream of one client into frames (int32 length, payload). Unlike the client's
 * FrameSplitter its buffer begins small and shrinks again: a server has thousands of them.
 */
export class FrameReader {
  readonly #limitBytes: number;
  #bytes = new Uint8Array(MIN_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  #lastRead = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Where to receive to; never empty. */
  space(): Uint8Array<ArrayBuffer> {
    if (this.#start === this.#end) this.#beginAnew();
    else if (this.#end === this.#bytes.length) this.#makeRoom();
    return this.#bytes.subarray(this.#end);
  }

  received(count: number): void {
    this.#lastRead = count;
    this.#end += count;
  }

  /** Bytes that have come and were not taken. */
  get untakenBytes(): number {
    return this.#end - this.#start;
  }

  /** The first four bytes that have not been taken, or undefined until they have come. */
  peek(): Uint8Array | undefined {
    if (this.#end - this.#start < LENGTH_BYTES) return undefined;
    return this.#bytes.subarray(this.#start, this.#start + LENGTH_BYTES);
  }

  /**
   * The next whole frame's payload, or undefined until more bytes have come; a view that holds until
   * the next `space()`.
   * @throws {ProtocolError} for a length that no frame may have.
   */
  next(): Uint8Array | undefined {
    const available = this.#end - this.#start;
    if (available < LENGTH_BYTES) return undefined;
    const length = this.#view.getInt32(this.#start);
    if (length < 0 || length > this.#limitBytes) {
      throw new ProtocolError(
        `Cannot take frame: it has ${length} bytes, the limit is ${this.#limitBytes}`,
      );
    }
    if (available < LENGTH_BYTES + length) return undefined;
    const at = this.#start + LENGTH_BYTES;
    this.#start = at + length;
    return this.#bytes.subarray(at, at + length);
  }

  /** Throws away what has come. */
  skip(): void {
    this.#start = this.#end;
  }

  /** Nothing is kept; what filled the buffer at once makes it larger, what left it empty smaller. */
  #beginAnew(): void {
    const capacity = this.#bytes.length;
    const wasFilled = this.#end === capacity;
    this.#start = this.#end = 0;
    if (wasFilled && capacity < MAX_READ_CAPACITY) this.#replace(capacity * 4);
    else if (this.#lastRead < capacity / 8 && capacity > MIN_CAPACITY) {
      this.#replace(Math.max(capacity / 4, MIN_CAPACITY));
    }
  }

  // Grows with what has come, not with what a length announces: a promise of a megabyte costs nothing.
  #makeRoom(): void {
    const kept = this.#bytes.subarray(this.#start, this.#end);
    if (kept.length > this.#bytes.length / 2) this.#replace(this.#bytes.length * 2);
    this.#bytes.set(kept);
    this.#end = kept.length;
    this.#start = 0;
  }

  #replace(capacity: number): void {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }
}
