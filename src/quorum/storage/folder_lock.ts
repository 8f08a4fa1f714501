import { join } from "node:path";
import { withLimit } from "../../async/abortable.ts";
import { DataFolderError, orStorageFailed } from "./errors.ts";
import { writeAll } from "./file_creation.ts";
import { LOCK_NAME } from "./file_names.ts";

/** Keeps other servers off a folder until it is disposed, or the process ends in whatever way. */
export class FolderLock implements Disposable {
  readonly #file: Deno.FsFile;

  /**
   * Waits at most so long for a server that is about to end.
   * @throws {DataFolderError} if another server has the folder. | {StorageFailedError}
   */
  static async take(
    folder: string,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<FolderLock> {
    const path = join(folder, LOCK_NAME);
    const act = `lock ${path}`;
    const file = await orStorageFailed(
      act,
      () => Deno.open(path, { read: true, write: true, create: true, mode: 0o600 }),
    );
    // Deno 2.6 can only wait, and cannot be told to stop: the answer may come when nobody listens.
    const locked = file.lock(true);
    try {
      await withLimit(() => locked, { act, timeoutMs, signal });
      await orStorageFailed(act, () => sign(file));
      return new FolderLock(file);
    } catch (error) {
      locked.finally(() => file.close()).catch(() => {});
      if (!(error instanceof DOMException && error.name === "TimeoutError")) throw error;
      throw new DataFolderError(`Another server${await holder(path)} uses ${folder}`);
    }
  }

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

async function sign(file: Deno.FsFile): Promise<void> {
  await file.truncate(0);
  await writeAll(file, new TextEncoder().encode(`${Deno.pid}\n`));
}

async function holder(path: string): Promise<string> {
  const pid = (await Deno.readTextFile(path).catch(() => "")).trim();
  return /^\d+$/.test(pid) ? `, process ${pid},` : "";
}
