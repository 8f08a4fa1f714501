import { dirname } from "node:path";
import { orStorageFailed } from "./errors.ts";
import { UNFINISHED } from "./file_names.ts";

/** A file whose content is durable, and that has no name yet by which anybody would find it. */
export class UnnamedFile {
  readonly file: Deno.FsFile;
  readonly #path: string;

  /** @throws {StorageFailedError} | what `write` throws; nothing is left behind. */
  static async create(
    path: string,
    write: (file: Deno.FsFile) => Promise<void>,
  ): Promise<UnnamedFile> {
    const act = `write ${path}`;
    const options = { write: true, create: true, truncate: true, mode: 0o600 };
    const file = await orStorageFailed(act, () => Deno.open(path + UNFINISHED, options));
    const unnamed = new UnnamedFile(path, file);
    try {
      await write(file);
      await orStorageFailed(act, () => file.sync());
      return unnamed;
    } catch (error) {
      await unnamed.#discard();
      throw error;
    }
  }

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.file = file;
  }

  /**
   * Gives the file its name, durably; a file that has it already goes.
   * @throws {StorageFailedError} if nobody knows whether the file has it.
   */
  async publish(): Promise<void> {
    try {
      const act = `rename ${this.#path + UNFINISHED}`;
      await orStorageFailed(act, () => Deno.rename(this.#path + UNFINISHED, this.#path));
      await syncFolder(dirname(this.#path));
    } catch (error) {
      await this.#discard();
      throw error;
    }
  }

  async #discard(): Promise<void> {
    this.file.close();
    await Deno.remove(this.#path + UNFINISHED).catch(() => {});
  }
}

/** Waits until the names in a folder are durable, where the file system can tell. */
export async function syncFolder(path: string): Promise<void> {
  await orStorageFailed(`flush ${path}`, async () => {
    using folder = await Deno.open(path, { read: true });
    await folder.sync().catch((error) => {
      // Some file systems have no such thing as a folder that is written.
      if (error.code !== "EINVAL") throw error;
    });
  });
}

/** Makes a folder and those above it that are missing, each durable with its name. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    if (!(error instanceof Deno.errors.NotFound) || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    return await makeFolder(path);
  }
  await syncFolder(dirname(path));
}

/** Writes all bytes, with as many calls as the system wants. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
}
