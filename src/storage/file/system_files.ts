import type { FileCalls, FileId, FilePart, FileStat, FileSystem } from "./file_system.ts";
import { FileWorker } from "./file_worker.ts";

/** The files of this host. Nothing here blocks the calling thread, however long the system takes. */
export class SystemFiles implements FileSystem {
  #worker: FileWorker | undefined;
  #isClosed = false;

  create(path: string, bytes: Uint8Array): Promise<FileId> {
    return this.#call("create", path, bytes);
  }

  append(file: FileId, bytes: Uint8Array): Promise<void> {
    return this.#call("append", file, bytes);
  }

  flush(file: FileId): Promise<void> {
    return this.#call("flush", file);
  }

  seal(file: FileId): Promise<void> {
    return this.#call("seal", file);
  }

  close(file: FileId): Promise<void> {
    return this.#call("close", file);
  }

  open(path: string): Promise<FilePart> {
    return this.#call("open", path);
  }

  read(file: FileId): Promise<FilePart> {
    return this.#call("read", file);
  }

  syncFolder(path: string): Promise<void> {
    return this.#call("syncFolder", path);
  }

  link(path: string, newPath: string): Promise<void> {
    return Deno.link(path, newPath);
  }

  rename(path: string, newPath: string): Promise<void> {
    return Deno.rename(path, newPath);
  }

  remove(path: string): Promise<void> {
    return Deno.remove(path);
  }

  makeFolder(path: string): Promise<void> {
    return Deno.mkdir(path, { mode: 0o700 });
  }

  async names(folder: string): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isFile }) => isFile).map(({ name }) => name);
  }

  async stat(path: string): Promise<FileStat> {
    const { size, dev, ino, nlink } = await Deno.lstat(path);
    return { length: size, identity: `${dev}:${ino}`, nameCount: nlink ?? 1 };
  }

  /** Leaves files that are open to the system; calls that have not ended fail. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#worker?.[Symbol.dispose]();
  }

  #call<K extends keyof FileCalls>(
    call: K,
    ...args: Parameters<FileCalls[K]>
  ): ReturnType<FileCalls[K]> {
    if (this.#isClosed) throw new Error("The storage was closed");
    this.#worker ??= new FileWorker(() => this.#worker = undefined);
    return this.#worker.call(call, ...args);
  }
}
