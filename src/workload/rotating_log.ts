const LINE_END = 10;

export interface RotatingLogOptions {
  /** A file never grows beyond this. */
  maxBytes: number;
  /** So many older files stay, as `NAME.1`, the newest, to `NAME.<kept>`. */
  kept: number;
  /** Called with the first error of a row, and with undefined when writing works again. */
  onTrouble: (error: Error | undefined) => void;
}

type OpenFile = { file: Deno.FsFile; size: number };

/**
 * A log that is appended to and cannot fill a disk. Where it cannot be written, what comes is
 * dropped: the program that writes the log goes on.
 */
export class RotatingLog implements AsyncDisposable {
  readonly #path: string;
  readonly #options: RotatingLogOptions;
  #open: OpenFile | undefined;
  #isInTrouble = false;

  constructor(path: string, options: RotatingLogOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Writes the bytes, or drops them. Calls must not overlap. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let rest = bytes; rest.length > 0;) rest = await this.#writeSome(rest);
      this.#trouble(undefined);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      this.#trouble(error as Error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#open?.file.close();
    this.#open = undefined;
    return Promise.resolve();
  }

  /** Writes as much as the file still takes and returns the rest. */
  async #writeSome(bytes: Uint8Array): Promise<Uint8Array> {
    this.#open ??= await openToAppend(this.#path);
    const part = fittingPart(bytes, this.#open.size, this.#options.maxBytes);
    if (part.length === 0) {
      await this.#rotate();
      return bytes;
    }
    const written = await this.#open.file.write(part);
    this.#open.size += written;
    return bytes.subarray(written);
  }

  async #rotate(): Promise<void> {
    await this[Symbol.asyncDispose]();
    const { kept } = this.#options;
    if (kept === 0) return await Deno.remove(this.#path);
    for (let number = kept - 1; number > 0; number--) {
      await renameIfThere(`${this.#path}.${number}`, `${this.#path}.${number + 1}`);
    }
    await renameIfThere(this.#path, `${this.#path}.1`);
  }

  #trouble(error: Error | undefined): void {
    const isInTrouble = error !== undefined;
    if (isInTrouble !== this.#isInTrouble) this.#options.onTrouble(error);
    this.#isInTrouble = isInTrouble;
  }
}

/** What of the bytes fits into the file: whole lines if it already holds something. */
export function fittingPart(bytes: Uint8Array, size: number, maxBytes: number): Uint8Array {
  const room = Math.max(0, maxBytes - size);
  if (bytes.length <= room) return bytes;
  if (room === 0) return bytes.subarray(0, 0);
  const lines = bytes.lastIndexOf(LINE_END, room - 1) + 1;
  return bytes.subarray(0, lines > 0 || size > 0 ? lines : room);
}

async function openToAppend(path: string): Promise<OpenFile> {
  const file = await Deno.open(path, { create: true, append: true });
  const { size } = await file.stat();
  return { file, size };
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await Deno.rename(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
