import { Buffer } from "node:buffer";
import {
  BATCH_HEADER_BYTES,
  BATCH_MAGIC,
  type BatchHeader,
  checksumOf,
  decodeBatchHeader,
  type LogRecord,
  recordsOf,
} from "./batch.ts";
import { CorruptDataError } from "./errors.ts";
import { FILE_HEADER_BYTES, type ReadHeader } from "./file_header.ts";
import { FileReader } from "./file_reader.ts";

/** What follows the last batch that checks. */
export interface LogTail {
  /** Where the batches end. */
  readonly position: number;
  /** Of the last batch of records. */
  readonly checksum: number;
  /** Whether the log says that it goes on in another file. */
  readonly isEnded: boolean;
  /** Whether a batch without records, or no batch at all, comes last: damage to records would be noticed. */
  readonly isProven: boolean;
  /** Bytes behind the batches up to the last that is not zero: of a batch that did not become durable. */
  readonly tornBytes: number;
}

const SCAN_BYTES = 256 * 1024;

/** Reads one file of the log in bounded memory. */
export class LogFileReader implements Disposable {
  readonly #reader: FileReader;
  readonly #seed: number;
  #checksum: number;
  #isProven = true;
  #tail: LogTail | undefined;

  /** @throws {StorageFailedError} */
  static async open(path: string, header: ReadHeader): Promise<LogFileReader> {
    const reader = await FileReader.open(path);
    await reader.seek(FILE_HEADER_BYTES);
    return new LogFileReader(reader, header);
  }

  private constructor(reader: FileReader, { seed, previousChecksum }: ReadHeader) {
    this.#reader = reader;
    this.#seed = seed;
    this.#checksum = previousChecksum;
  }

  /** What was found behind the last batch; only after all records were taken. */
  get tail(): LogTail {
    return this.#tail!;
  }

  /**
   * The records up to the first batch that does not check.
   * @throws {CorruptDataError} if a batch that does check lies behind that one: then it was durable.
   */
  async *records(): AsyncGenerator<LogRecord, void, void> {
    while (true) {
      const { position } = this.#reader;
      const batch = await this.#batch();
      if (batch?.header.previousChecksum !== this.#checksum) return await this.#end(false);
      this.#reader.skip(batch.bytes.length);
      if (batch.header.kind === "end") return await this.#end(true);
      this.#checksum = batch.header.checksum;
      this.#isProven = batch.header.length === 0;
      try {
        yield* recordsOf(batch.bytes);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw this.#corrupt(position, "a record is longer than its batch");
      }
    }
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }

  /** The whole batch at the position, if one is there that belongs there. */
  async #batch(): Promise<{ header: BatchHeader; bytes: Uint8Array } | undefined> {
    const { position, size } = this.#reader;
    const header = decodeBatchHeader(await this.#reader.peek(BATCH_HEADER_BYTES), position);
    if (header === undefined || position + BATCH_HEADER_BYTES + header.length > size) {
      return undefined;
    }
    const bytes = await this.#reader.peek(BATCH_HEADER_BYTES + header.length);
    return checksumOf(bytes, this.#seed) === header.checksum ? { header, bytes } : undefined;
  }

  async #end(isEnded: boolean): Promise<void> {
    const { position } = this.#reader;
    const tornBytes = await this.#scan(position);
    const [checksum, isProven] = [this.#checksum, this.#isProven];
    this.#tail = { position, checksum, isEnded, isProven, tornBytes };
  }

  // Each batch is durable before the next is written, so whatever lies before a whole one was durable.
  async #scan(end: number): Promise<number> {
    const reader = this.#reader;
    let tornBytes = 0;
    for (let at = end; at < reader.size;) {
      await reader.seek(at);
      const bytes = await reader.peek(SCAN_BYTES);
      if (bytes.length === 0) break;
      const length = lengthWithoutZeros(bytes);
      if (length > 0) tornBytes = at - end + length;
      for (const candidate of this.#candidates(bytes, at)) {
        await reader.seek(candidate);
        if (await this.#batch() === undefined) continue;
        throw this.#corrupt(end, damageBefore(candidate, end));
      }
      // A header may begin at the end of one part and end in the next.
      at += Math.max(bytes.length - BATCH_HEADER_BYTES, 1);
    }
    return tornBytes;
  }

  #candidates(bytes: Uint8Array, position: number): number[] {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const found: number[] = [];
    for (let at = buffer.indexOf(BATCH_MAGIC); at >= 0; at = buffer.indexOf(BATCH_MAGIC, at + 1)) {
      const header = decodeBatchHeader(bytes.subarray(at), position + at);
      if (header !== undefined) found.push(position + at);
    }
    return found;
  }

  #corrupt(offset: number, fact: string): CorruptDataError {
    return CorruptDataError.at(this.#reader.path, offset, fact);
  }
}

function damageBefore(whole: number, end: number): string {
  return whole === end
    ? "the batch here does not follow the one before"
    : `the batch here does not check, the one at ${whole} does`;
}

function lengthWithoutZeros(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}
