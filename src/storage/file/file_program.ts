import type { FileCalls, FileId, FilePart } from "./file_system.ts";

/** A call by its name; the id comes back with its answer. */
export interface FileRequest {
  id: number;
  call: keyof FileCalls;
  // deno-lint-ignore no-explicit-any
  args: any[];
}

export type FileReply =
  | { id: number; value: unknown }
  | { id: number; failure: { name: string; message: string; code?: string } };

/** The part of a worker's global scope that its program uses. */
export interface FileProgramScope {
  onmessage: ((event: MessageEvent<FileRequest>) => void) | null;
  postMessage(reply: FileReply, transfer: Transferable[]): void;
}

/**
 * The program of the worker that holds open files: Deno 2.6 opens and closes files on the thread that
 * asks for it, also by its asynchronous functions, and a file server that is gone would stop the whole
 * daemon there, heartbeat and all.
 *
 * Its source text is what the worker is given, so it may use nothing of this module but itself.
 */
export class FileProgram implements FileCalls {
  readonly #files = new Map<FileId, Deno.FsFile>();

  constructor(scope: FileProgramScope) {
    scope.onmessage = ({ data }) => this.#answer(data, scope);
  }

  async create(path: string, bytes: Uint8Array): Promise<FileId> {
    const file = this.#keep(
      await Deno.open(path, { write: true, createNew: true, mode: 0o600 }),
    );
    await this.#orClose(file, () => this.append(file, bytes));
    return file;
  }

  async append(file: FileId, bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      rest = rest.subarray(await this.#file(file).write(rest));
    }
  }

  async flush(file: FileId): Promise<void> {
    await this.#file(file).syncData();
  }

  async seal(file: FileId): Promise<void> {
    await this.#file(file).sync();
    await this.close(file);
  }

  close(file: FileId): Promise<void> {
    this.#files.get(file)?.close();
    this.#files.delete(file);
    return Promise.resolve();
  }

  async open(path: string): Promise<FilePart> {
    const file = this.#keep(await Deno.open(path, { read: true }));
    return await this.#next(file, new Uint8Array(65_536));
  }

  async read(file: FileId): Promise<FilePart> {
    return await this.#next(file, new Uint8Array(262_144));
  }

  async syncFolder(path: string): Promise<void> {
    const folder = await Deno.open(path, { read: true });
    try {
      await folder.sync();
    } catch (error) {
      // Some file systems have no such thing as a folder that is written.
      if ((error as { code?: string }).code !== "EINVAL") throw error;
    } finally {
      folder.close();
    }
  }

  #keep(file: Deno.FsFile): FileId {
    const id = crypto.randomUUID();
    this.#files.set(id, file);
    return id;
  }

  #file(id: FileId): Deno.FsFile {
    const file = this.#files.get(id);
    if (file === undefined) throw Object.assign(new Error("The file is closed"), { code: "EBADF" });
    return file;
  }

  /** Fills the buffer as far as the file goes. */
  async #next(file: FileId, buffer: Uint8Array): Promise<FilePart> {
    return await this.#orClose(file, async () => {
      for (let length = 0; length < buffer.length;) {
        const count = await this.#file(file).read(buffer.subarray(length));
        if (count === null) {
          await this.close(file);
          return { bytes: buffer.slice(0, length), file: undefined };
        }
        length += count;
      }
      return { bytes: buffer, file };
    });
  }

  async #orClose<T>(file: FileId, step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      await this.close(file);
      throw error;
    }
  }

  async #answer({ id, call, args }: FileRequest, scope: FileProgramScope): Promise<void> {
    try {
      const method = this[call] as (...args: unknown[]) => Promise<unknown>;
      const value = await method.apply(this, args);
      const bytes = (value as Partial<FilePart> | undefined)?.bytes;
      scope.postMessage({ id, value }, bytes ? [bytes.buffer as ArrayBuffer] : []);
    } catch (error) {
      const { code, name, message } = error as Error & { code?: string };
      scope.postMessage({ id, failure: { name, message, code } }, []);
    }
  }
}
