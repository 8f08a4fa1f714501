import type { Logger } from "../../log/logger.ts";
import type { Bytes } from "../storage.ts";
import { FileError, isFileError } from "./file_error.ts";
import type { FileId, FileStat, FileSystem } from "./file_system.ts";
import { makeFolder } from "./folders.ts";
import type { Steps } from "./steps.ts";

/** What a file system answers that knows no hard links. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/** So much may be written, in bytes, before it has to reach the device: no step takes too long then. */
const FLUSH_EVERY = 8 * 1024 * 1024;

export interface NewBlobOptions {
  files: FileSystem;
  steps: Steps;
  folder: string;
  /** Both names are names within the folder. */
  name: string;
  temporaryName: string;
  logger: Logger;
}

/** A blob that is being written: under a temporary name until it is whole and on the device. */
export class NewBlob {
  readonly #options: NewBlobOptions;
  readonly #temporary: string;
  readonly #path: string;
  #stage: "unnamed" | "being-named" | "named" = "unnamed";
  #file: FileId | undefined;
  #unflushed = 0;

  constructor(options: NewBlobOptions) {
    this.#options = options;
    this.#temporary = `${options.folder}/${options.temporaryName}`;
    this.#path = `${options.folder}/${options.name}`;
  }

  /**
   * Writes it, or undoes what was done. Of the content one piece is held at a time.
   * @throws {FileError} | what the content throws | the reason for which the steps were given up
   */
  async write(content: Bytes): Promise<void> {
    const { files, folder, steps } = this.#options;
    try {
      await this.#fill(content);
      this.#stage = "being-named";
      await this.#giveName();
      await steps.call(() => files.syncFolder(folder));
      steps.done();
    } catch (error) {
      await this.#undo();
      throw error;
    }
  }

  async #fill(content: Bytes): Promise<void> {
    const { files, steps } = this.#options;
    for await (const piece of whileWanted(content, steps)) await this.#append(piece);
    const file = this.#file ?? await this.#create(new Uint8Array());
    await steps.call(() => files.seal(file));
    this.#file = undefined;
  }

  async #append(piece: Uint8Array): Promise<void> {
    const { files, steps } = this.#options;
    const file = this.#file;
    if (file === undefined) await this.#create(piece);
    else await steps.call(() => files.append(file, piece));
    this.#unflushed += piece.length;
    if (this.#unflushed < FLUSH_EVERY) return;
    await steps.call(() => files.flush(this.#file!));
    this.#unflushed = 0;
  }

  async #create(bytes: Uint8Array): Promise<FileId> {
    const { files, steps, folder } = this.#options;
    const create = () => steps.call(() => files.create(this.#temporary, bytes));
    try {
      this.#file = await create();
    } catch (error) {
      if (!isFileError(error, "ENOENT")) throw error;
      await makeFolder(folder, { files, steps });
      this.#file = await create();
    }
    return this.#file;
  }

  // A link does not replace what has the name already.
  async #giveName(): Promise<void> {
    const { files, steps } = this.#options;
    try {
      await steps.call(() => files.link(this.#temporary, this.#path));
    } catch (error) {
      if (isFileError(error, ...NO_LINKS)) return await this.#rename();
      // An NFS server whose answer was lost is asked again, and then finds the name taken by ourselves.
      if (!isFileError(error, "EEXIST") || !await this.#isNamed()) throw error;
    }
    this.#stage = "named";
    await steps.call(() => removed(files, this.#temporary));
  }

  // Two writers of one name at the same moment could both succeed, and the later one would win. Names
  // end with random digits, so there are none.
  async #rename(): Promise<void> {
    const { files, steps } = this.#options;
    if (await this.#stat(this.#path) !== undefined) {
      throw new FileError(Object.assign(new Error("The name is taken"), { code: "EEXIST" }));
    }
    await steps.call(() => files.rename(this.#temporary, this.#path));
    this.#stage = "named";
  }

  async #undo(): Promise<void> {
    const { files } = this.#options;
    const file = this.#file;
    await this.#tidy(async () => {
      if (file !== undefined) await files.close(file);
    });
    if (await this.#mustUnname()) await this.#tidy(() => removed(files, this.#path));
    await this.#tidy(() => removed(files, this.#temporary));
  }

  async #tidy(call: () => Promise<void>): Promise<void> {
    const { logger, steps, name, temporaryName } = this.#options;
    await steps.tidy(call).catch((error) => {
      logger.warn("a file that is not needed stays behind", { name, temporaryName, error });
    });
  }

  async #mustUnname(): Promise<boolean> {
    if (this.#stage !== "being-named") return this.#stage === "named";
    return await this.#isNamed().catch(() => false);
  }

  /** Whether the name of the blob and the temporary name lead to the same file. */
  async #isNamed(): Promise<boolean> {
    const named = await this.#stat(this.#path);
    const temporary = await this.#stat(this.#temporary);
    return named !== undefined && named.nameCount > 1 && named.identity === temporary?.identity;
  }

  async #stat(path: string): Promise<FileStat | undefined> {
    const { files, steps } = this.#options;
    try {
      return await steps.tidy(() => files.stat(path));
    } catch (error) {
      if (!isFileError(error, "ENOENT")) throw error;
      return undefined;
    }
  }
}

/** The pieces of a content, until the steps are given up. */
async function* whileWanted(
  content: Bytes,
  steps: Steps,
): AsyncGenerator<Uint8Array, void, void> {
  const pieces = content[Symbol.asyncIterator]();
  try {
    for (let next = await steps.wait(pieces.next()); !next.done;) {
      yield next.value;
      next = await steps.wait(pieces.next());
    }
  } finally {
    // Not waited for: a source that does not give its next piece does not answer this either.
    Promise.resolve(pieces.return?.()).catch(() => {});
  }
}

async function removed(files: FileSystem, path: string): Promise<void> {
  await files.remove(path).catch((error) => {
    if (!isFileError(new FileError(error), "ENOENT")) throw error;
  });
}
