const encoder = new TextEncoder();

const FRAME_HEADER_BYTES = 4;

/** Appends values in jute's encoding (big endian); the first four bytes are kept for the frame length. */
export class JuteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = FRAME_HEADER_BYTES;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far, without the frame length. */
  get payloadLength(): number {
    return this.#length - FRAME_HEADER_BYTES;
  }

  /** Begins anew in the same buffer: what was finished before is overwritten. */
  clear(): void {
    this.#length = FRAME_HEADER_BYTES;
  }

  writeInt(value: number): void {
    const at = this.#reserve(4);
    this.#view.setInt32(at, value);
  }

  writeLong(value: bigint): void {
    const at = this.#reserve(8);
    this.#view.setBigInt64(at, value);
  }

  writeBoolean(value: boolean): void {
    const at = this.#reserve(1);
    this.#view.setUint8(at, value ? 1 : 0);
  }

  /** A length of -1 stands for null. */
  writeBuffer(value: Uint8Array | null): void {
    if (value === null) return this.writeInt(-1);
    this.writeInt(value.length);
    const at = this.#reserve(value.length);
    this.#bytes.set(value, at);
  }

  /** UTF-8 behind its length in bytes; a length of -1 stands for null. */
  writeString(value: string | null): void {
    if (value === null) return this.writeInt(-1);
    const lengthAt = this.#reserve(4);
    const room = value.length * 3;
    const at = this.#reserve(room);
    const { written } = encoder.encodeInto(value, this.#bytes.subarray(at, at + room));
    this.#view.setInt32(lengthAt, written);
    this.#length = at + written;
  }

  /** The payload behind its frame length, ready to be sent. */
  finishFrame(): Uint8Array<ArrayBuffer> {
    this.#view.setInt32(0, this.payloadLength);
    return this.#bytes.subarray(0, this.#length);
  }

  /** The payload alone. */
  finishPayload(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(FRAME_HEADER_BYTES, this.#length);
  }

  #reserve(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) this.#grow();
    return at;
  }

  #grow(): void {
    const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
