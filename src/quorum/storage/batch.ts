import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

/** Where a batch lies, and what it follows: part of its checksum, so that no stale bytes ever check. */
export interface BatchPlace {
  readonly position: number;
  /** Of the batch before it in the file; of the log before for the first. */
  readonly previousChecksum: number;
  /** Of the header of its file. */
  readonly seed: number;
}

/** What a batch is for. */
export type BatchKind =
  /** Records, perhaps none: an empty batch proves that the one before it was durable. */
  | "records"
  /** The log goes on in another file. */
  | "end";

export interface BatchHeader {
  readonly kind: BatchKind;
  readonly checksum: number;
  readonly position: number;
  readonly previousChecksum: number;
  /** Bytes that follow the header. */
  readonly length: number;
}

export interface LogRecord {
  readonly zxid: bigint;
  readonly payload: Uint8Array;
}

export const BATCH_HEADER_BYTES = 32;
/** Stands before each payload: length 4, zxid 8. */
export const RECORD_HEADER_BYTES = 12;
/** Begins each batch, for whoever looks for one behind bytes that do not check. */
export const BATCH_MAGIC: Buffer = Buffer.from("MdQb");

const MAGIC = BATCH_MAGIC.readUInt32BE();
const KINDS: readonly BatchKind[] = ["records", "end"];
const CHECKED_FROM = 8;
const FIRST_CAPACITY = 16 * 1024;

/**
 * Records that are written with one call: they become durable together, or not at all.
 * Magic 4, checksum 4, position 8, checksum of the one before 4, length 4, kind 4, unused 4, records.
 */
export class BatchWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #length = BATCH_HEADER_BYTES;
  /** The newest record; undefined: the batch is empty. */
  lastZxid: bigint | undefined;

  /** With its header. */
  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#bytes.length;
  }

  /** Copies a record. */
  add(zxid: bigint, payload: Uint8Array): void {
    const end = this.#length + RECORD_HEADER_BYTES + payload.length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#view.setUint32(this.#length, payload.length);
    this.#view.setBigUint64(this.#length + 4, zxid);
    this.#bytes.set(payload, this.#length + RECORD_HEADER_BYTES);
    this.#length = end;
    this.lastZxid = zxid;
  }

  /** The bytes for that place, valid until the next change. */
  finish(place: BatchPlace, kind: BatchKind = "records"): { bytes: Uint8Array; checksum: number } {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#view.setUint32(0, MAGIC);
    this.#view.setBigUint64(8, BigInt(place.position));
    this.#view.setUint32(16, place.previousChecksum);
    this.#view.setUint32(20, this.#length - BATCH_HEADER_BYTES);
    this.#view.setUint32(24, KINDS.indexOf(kind));
    const checksum = checksumOf(bytes, place.seed);
    this.#view.setUint32(4, checksum);
    return { bytes, checksum };
  }

  clear(): void {
    this.#length = BATCH_HEADER_BYTES;
    this.lastZxid = undefined;
  }

  #grow(length: number): void {
    const bytes = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** The header of a batch that may be at this position; undefined: none is. */
export function decodeBatchHeader(bytes: Uint8Array, position: number): BatchHeader | undefined {
  if (bytes.length < BATCH_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = KINDS[view.getUint32(24)];
  if (view.getUint32(0) !== MAGIC || kind === undefined) return undefined;
  if (view.getBigUint64(8) !== BigInt(position)) return undefined;
  return {
    kind,
    checksum: view.getUint32(4),
    position,
    previousChecksum: view.getUint32(16),
    length: view.getUint32(20),
  };
}

/** The checksum of a whole batch, header included. */
export function checksumOf(batch: Uint8Array, seed: number): number {
  return crc32(batch.subarray(CHECKED_FROM), seed);
}

/** The records of a batch whose checksum is right; payloads are copies. */
export function* recordsOf(batch: Uint8Array): Generator<LogRecord> {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  for (let at = BATCH_HEADER_BYTES; at < batch.length;) {
    const begin = at + RECORD_HEADER_BYTES;
    const end = begin + view.getUint32(at);
    yield { zxid: view.getBigUint64(at + 4), payload: batch.slice(begin, end) };
    at = end;
  }
}
