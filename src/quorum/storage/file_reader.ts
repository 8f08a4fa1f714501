import { orStorageFailed } from "./errors.ts";

const BUFFER_BYTES = 1024 * 1024;

/** Reads a file from a position on, in memory that does not grow with the file. */
export class FileReader implements Disposable {
  readonly path: string;
  /** Of the file, in bytes, when it was opened. */
  readonly size: number;
  readonly #file: Deno.FsFile;
  #buffer = new Uint8Array(BUFFER_BYTES);
  #from = 0;
  #to = 0;
  #position = 0;

  /** @throws {StorageFailedError} */
  static async open(path: string): Promise<FileReader> {
    return await orStorageFailed(`read ${path}`, async () => {
      const file = await Deno.open(path, { read: true });
      return new FileReader(path, file, (await file.stat()).size);
    });
  }

  private constructor(path: string, file: Deno.FsFile, size: number) {
    this.path = path;
    this.#file = file;
    this.size = size;
  }

  /** Of the next byte. */
  get position(): number {
    return this.#position;
  }

  async seek(position: number): Promise<void> {
    this.#from = this.#to = 0;
    this.#position = position;
    await orStorageFailed(
      `read ${this.path}`,
      () => this.#file.seek(position, Deno.SeekMode.Start),
    );
  }

  /**
   * The next bytes without taking them, fewer only at the end of the file; valid until the next call.
   * Memory is taken for them: compare the count with what the file has left.
   */
  async peek(count: number): Promise<Uint8Array> {
    if (this.#to - this.#from < count) await this.#fill(count);
    return this.#buffer.subarray(this.#from, Math.min(this.#from + count, this.#to));
  }

  /** Takes bytes that were peeked at. */
  skip(count: number): void {
    this.#from += count;
    this.#position += count;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  async #fill(count: number): Promise<void> {
    if (count <= this.#buffer.length) this.#buffer.copyWithin(0, this.#from, this.#to);
    else {
      const buffer = new Uint8Array(count);
      buffer.set(this.#buffer.subarray(this.#from, this.#to));
      this.#buffer = buffer;
    }
    this.#to -= this.#from;
    this.#from = 0;
    while (this.#to < count) {
      const free = this.#buffer.subarray(this.#to);
      const read = await orStorageFailed(`read ${this.path}`, () => this.#file.read(free));
      if (read === null) return;
      this.#to += read;
    }
  }
}
