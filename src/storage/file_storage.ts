import { withLimit } from "../async/abortable.ts";
import type { Logger } from "../log/logger.ts";
import { StorageError } from "./errors.ts";
import { isFileError } from "./file/file_error.ts";
import type { FileId, FilePart, FileSystem } from "./file/file_system.ts";
import { FileWork } from "./file/file_work.ts";
import { NewBlob } from "./file/new_blob.ts";
import type { Steps } from "./file/steps.ts";
import { SystemFiles } from "./file/system_files.ts";
import { checkFolderName, isNameSegment, parseBlobName } from "./name.ts";
import type { BlobInfo, Bytes, Storage } from "./storage.ts";

const UNFINISHED = /^\.unfinished-[0-9a-f-]{36}$/;

/** So many blobs are looked at together while a folder is listed. */
const BATCH = 16;

export interface FileStorageOptions {
  /** How long a call to the file system may take, in milliseconds. */
  timeoutMs: number;
  logger: Logger;
  files?: FileSystem;
}

/**
 * Blobs as files below a folder: of a local disk, or of a file server that all masters mount. A write
 * holds one piece of its content, a read 256 KiB. A file system that does not answer stops nobody: who
 * waits gets an error, and what the calls still do after that is undone when they end.
 */
export class FileStorage implements Storage {
  readonly url: string;
  readonly #root: string;
  readonly #options: FileStorageOptions;
  readonly #files: FileSystem;
  readonly #work: FileWork;
  readonly #unfinished = new Set<string>();

  /** `root` is an absolute path; the first write makes the folder. */
  constructor(root: string, options: FileStorageOptions) {
    this.url = `file://${root}`;
    this.#root = root;
    this.#options = options;
    this.#files = options.files ?? new SystemFiles();
    this.#work = new FileWork(options);
  }

  async write(name: string, content: Bytes, options: { signal: AbortSignal }): Promise<void> {
    const { folder, segment } = parseBlobName(name);
    const temporaryName = `.unfinished-${crypto.randomUUID()}`;
    const { logger } = this.#options;
    await this.#work.run(`write ${this.#path(name)}`, options, async (steps) => {
      this.#unfinished.add(temporaryName);
      const place = { folder: this.#path(folder), name: segment, temporaryName };
      try {
        await new NewBlob({ files: this.#files, steps, ...place, logger }).write(content);
      } finally {
        this.#unfinished.delete(temporaryName);
      }
    });
  }

  async *read(
    name: string,
    options: { signal: AbortSignal },
  ): AsyncGenerator<Uint8Array, void, void> {
    parseBlobName(name);
    const act = `read ${this.#path(name)}`;
    let part = await this.#work.run(act, options, (steps) => this.#open(name, steps));
    const close = () => {
      const { file } = part;
      if (file !== undefined) this.#work.start(act, (steps) => this.#close(file, steps));
    };
    // Whoever gives up between two pieces may never say so by asking for the next one.
    options.signal.addEventListener("abort", close, { once: true });
    try {
      while (true) {
        if (part.bytes.length > 0) yield part.bytes;
        const { file } = part;
        if (file === undefined) return;
        part = await this.#work.run(act, options, (steps) => this.#next(file, steps));
      }
    } finally {
      options.signal.removeEventListener("abort", close);
      close();
    }
  }

  async *list(
    folder: string,
    options: { signal: AbortSignal },
  ): AsyncGenerator<BlobInfo, void, void> {
    const names = (await this.#names(folder, options)).filter(isNameSegment);
    for (let at = 0; at < names.length; at += BATCH) {
      const batch = names.slice(at, at + BATCH).map((name) => this.#info(folder, name, options));
      for (const info of await Promise.all(batch)) if (info !== undefined) yield info;
    }
  }

  async delete(name: string, options: { signal: AbortSignal }): Promise<void> {
    parseBlobName(name);
    await this.#remove(name, options);
  }

  async removeUnfinished(folder: string, options: { signal: AbortSignal }): Promise<string[]> {
    const names = await this.#names(folder, options);
    const left = names.filter((name) => UNFINISHED.test(name) && !this.#unfinished.has(name));
    for (const name of left) await this.#remove(`${folder}/${name}`, options);
    return left;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { timeoutMs } = this.#options;
    await withLimit(() => this.#work.idle(), { act: "Ending calls", timeoutMs }).catch(() => {});
    this.#files[Symbol.dispose]();
  }

  async #open(name: string, steps: Steps): Promise<FilePart> {
    let opened: FilePart | undefined;
    try {
      opened = await steps.call(() => this.#files.open(this.#path(name)));
      steps.done();
      return opened;
    } catch (error) {
      if (opened?.file !== undefined) await this.#close(opened.file, steps);
      if (!isFileError(error, "ENOENT")) throw error;
      throw new StorageError("not-found", `There is no ${this.#path(name)}`, {
        cause: error.cause,
      });
    }
  }

  async #next(file: FileId, steps: Steps): Promise<FilePart> {
    return await steps.call(() => this.#files.read(file));
  }

  async #close(file: FileId, steps: Steps): Promise<void> {
    await steps.tidy(() => this.#files.close(file));
  }

  async #names(folder: string, options: { signal: AbortSignal }): Promise<string[]> {
    checkFolderName(folder);
    const path = this.#path(folder);
    return await this.#work.run(`list ${path}`, options, async (steps) => {
      return await unlessMissing(steps.call(() => this.#files.names(path))) ?? [];
    });
  }

  async #info(
    folder: string,
    name: string,
    options: { signal: AbortSignal },
  ): Promise<BlobInfo | undefined> {
    const path = this.#path(`${folder}/${name}`);
    return await this.#work.run(`look at ${path}`, options, async (steps) => {
      const stat = await unlessMissing(steps.call(() => this.#files.stat(path)));
      return stat && { name, length: stat.length };
    });
  }

  async #remove(name: string, options: { signal: AbortSignal }): Promise<void> {
    const path = this.#path(name);
    await this.#work.run(`delete ${path}`, options, async (steps) => {
      await unlessMissing(steps.call(() => this.#files.remove(path)));
    });
  }

  #path(name: string | undefined): string {
    return name === undefined ? this.#root : `${this.#root}/${name}`;
  }
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (!isFileError(error, "ENOENT")) throw error;
    return undefined;
  }
}
