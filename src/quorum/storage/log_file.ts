import type { BatchKind, BatchWriter } from "./batch.ts";
import { orStorageFailed } from "./errors.ts";
import { UnnamedFile, writeAll } from "./file_creation.ts";
import { encodeFileHeader, FILE_HEADER_BYTES, type FileHeader } from "./file_header.ts";

/**
 * A file grows by so much at once, in zeros that take no space: a write within it need not make the
 * new length durable, which takes a third of the time of a small one.
 */
const GROWTH_BYTES = 4 * 1024 * 1024;

/** Where the next batch goes. */
export interface LogEnd {
  readonly position: number;
  readonly checksum: number;
  readonly seed: number;
}

/** The file of the log that is written. */
export class LogFile {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #seed: number;
  #position: number;
  #checksum: number;
  #allocated: number;

  /** A new file; it is durable with its name when `publish` is done. @throws {StorageFailedError} */
  static async create(
    path: string,
    header: FileHeader,
  ): Promise<{ file: LogFile; publish: () => Promise<void> }> {
    const { bytes, seed } = encodeFileHeader(header);
    const unnamed = await UnnamedFile.create(
      path,
      (file) => orStorageFailed(`write ${path}`, () => writeAll(file, bytes)),
    );
    const end = { position: FILE_HEADER_BYTES, checksum: header.previousChecksum, seed };
    return { file: new LogFile(path, unnamed.file, end), publish: () => unnamed.publish() };
  }

  /** Goes on behind the last batch that checks; what lies there goes. @throws {StorageFailedError} */
  static async resume(path: string, end: LogEnd): Promise<LogFile> {
    return await orStorageFailed(`write ${path}`, async () => {
      const file = await Deno.open(path, { write: true });
      try {
        await file.truncate(end.position);
        await file.seek(end.position, Deno.SeekMode.Start);
        // What a killed server has written may be in the memory of the host only.
        await file.sync();
        return new LogFile(path, file, end);
      } catch (error) {
        file.close();
        throw error;
      }
    });
  }

  private constructor(path: string, file: Deno.FsFile, end: LogEnd) {
    this.path = path;
    this.#file = file;
    this.#seed = end.seed;
    this.#position = this.#allocated = end.position;
    this.#checksum = end.checksum;
  }

  /** Of the next batch, and so the length of the file but for zeros. */
  get position(): number {
    return this.#position;
  }

  /** Of the last batch. */
  get checksum(): number {
    return this.#checksum;
  }

  /** Writes a batch and waits until it is durable. @throws {StorageFailedError} */
  async append(batch: BatchWriter, kind: BatchKind = "records"): Promise<void> {
    const position = this.#position;
    const previousChecksum = this.#checksum;
    const { bytes, checksum } = batch.finish(
      { position, previousChecksum, seed: this.#seed },
      kind,
    );
    await orStorageFailed(`write ${this.path}`, async () => {
      await this.#allocate(position + bytes.length);
      await writeAll(this.#file, bytes);
    });
    // Never again after an error: the system may then have dropped what it could not write.
    await orStorageFailed(`flush ${this.path}`, () => this.#file.syncData());
    this.#position += bytes.length;
    this.#checksum = checksum;
  }

  /** Says that the log goes on elsewhere, and closes the file. @throws {StorageFailedError} */
  async end(batch: BatchWriter): Promise<void> {
    try {
      await this.append(batch, "end");
      await this.trim();
    } finally {
      this.close();
    }
  }

  /** Gives the file its length, without the zeros. @throws {StorageFailedError} */
  async trim(): Promise<void> {
    await orStorageFailed(`write ${this.path}`, async () => {
      await this.#file.truncate(this.#position);
      this.#allocated = this.#position;
      await this.#file.sync();
    });
  }

  /**
   * After a failure: takes away what did not become durable, if it can. The next start would find it
   * in the memory of the host, and take it for durable.
   */
  async cut(): Promise<void> {
    await this.#file.truncate(this.#position).catch(() => {});
  }

  close(): void {
    this.#file.close();
  }

  async #allocate(end: number): Promise<void> {
    if (end <= this.#allocated) return;
    const length = end + GROWTH_BYTES;
    await this.#file.truncate(length);
    this.#allocated = length;
  }
}
