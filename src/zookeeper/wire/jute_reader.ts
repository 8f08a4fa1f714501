const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The peer sent bytes that are not the protocol; the connection cannot be trusted any further. */
export class ProtocolError extends Error {
  override readonly name: string = "ProtocolError";
}

/** Takes values in jute's encoding (big endian) from a payload. */
export class JuteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  readInt(): number {
    return this.#view.getInt32(this.#take(4));
  }

  readLong(): bigint {
    return this.#view.getBigInt64(this.#take(8));
  }

  readBoolean(): boolean {
    return this.#view.getUint8(this.#take(1)) !== 0;
  }

  /** A copy, because the payload lies in a receive buffer that is used again. */
  readBuffer(): Uint8Array<ArrayBuffer> | null {
    const length = this.readInt();
    if (length < 0) return null;
    const at = this.#take(length);
    return new Uint8Array(this.#bytes.subarray(at, at + length));
  }

  readString(): string | null {
    const length = this.readInt();
    if (length < 0) return null;
    const at = this.#take(length);
    return decoder.decode(this.#bytes.subarray(at, at + length));
  }

  #take(count: number): number {
    if (count > this.remaining) {
      throw new ProtocolError(
        `Cannot decode record: ${count} bytes wanted, ${this.remaining} are left`,
      );
    }
    const at = this.#position;
    this.#position += count;
    return at;
  }
}
