import { basename, dirname, join, resolve } from "node:path";
import type { CommandContext } from "../command_context.ts";
import { LocalFileError } from "../local_file_error.ts";
import { TextCheck } from "./text.ts";
import { UsageError } from "../usage_error.ts";

/** Where a content goes. */
export interface Target extends AsyncDisposable {
  /** False: nobody reads any more. */
  write(piece: Uint8Array): Promise<boolean>;
  /** The content is whole and right. Without this nothing of it stays in a file. */
  complete(): Promise<void>;
}

/**
 * A file at a path, or standard output if that is `-` or left out.
 * @throws {LocalFileError}
 */
export async function openTarget(
  path: string | undefined,
  context: CommandContext,
): Promise<Target> {
  if (path === undefined || path === "-") return new OutputTarget(path, context);
  const place = resolve(context.workingDirectory, path);
  return await attempt(path, async () => {
    const info = await statOf(place);
    if (info?.isDirectory) throw new Error("it is a directory");
    // A device or a pipe is written to, not replaced.
    if (info !== undefined && !info.isFile) return await DirectTarget.open(path, place);
    // A link stays, and leads to the new content.
    const file = info === undefined ? place : await Deno.realPath(place);
    return await FileTarget.create(path, file, info?.mode ?? undefined);
  });
}

class OutputTarget implements Target {
  readonly #output: CommandContext["output"];
  readonly #check: TextCheck | undefined;

  constructor(path: string | undefined, { output }: CommandContext) {
    this.#output = output;
    if (output.isTerminal && path === undefined) this.#check = new TextCheck();
  }

  async write(piece: Uint8Array): Promise<boolean> {
    if (this.#check?.isText(piece) === false) {
      throw new UsageError("the content is not text: name a file, or - to print it all the same");
    }
    return await this.#output.write(piece);
  }

  complete(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

class DirectTarget implements Target {
  readonly #shown: string;
  readonly #file: Deno.FsFile;

  private constructor(shown: string, file: Deno.FsFile) {
    this.#shown = shown;
    this.#file = file;
  }

  static async open(shown: string, path: string): Promise<DirectTarget> {
    return new DirectTarget(shown, await Deno.open(path, { write: true }));
  }

  write(piece: Uint8Array): Promise<boolean> {
    return attempt(this.#shown, () => writeAll(this.#file, piece));
  }

  complete(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }
}

/** Written under another name beside it, so that the file is never there by half. */
class FileTarget implements Target {
  readonly #shown: string;
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: Deno.FsFile;
  #isComplete = false;

  private constructor(
    shown: string,
    { path, temporary, file }: { path: string; temporary: string; file: Deno.FsFile },
  ) {
    this.#shown = shown;
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  static async create(shown: string, path: string, mode: number | undefined): Promise<FileTarget> {
    const temporary = join(
      dirname(path),
      `.${basename(path).slice(0, 200)}.${crypto.randomUUID()}`,
    );
    const file = await Deno.open(temporary, { write: true, createNew: true, mode });
    return new FileTarget(shown, { path, temporary, file });
  }

  write(piece: Uint8Array): Promise<boolean> {
    return attempt(this.#shown, () => writeAll(this.#file, piece));
  }

  async complete(): Promise<void> {
    await attempt(this.#shown, async () => {
      await this.#file.syncData();
      await Deno.rename(this.#temporary, this.#path);
      this.#isComplete = true;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    if (!this.#isComplete) await Deno.remove(this.#temporary).catch(() => {});
  }
}

async function writeAll(file: Deno.FsFile, piece: Uint8Array): Promise<boolean> {
  for (let at = 0; at < piece.length;) at += await file.write(piece.subarray(at));
  return true;
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function attempt<T>(shown: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new LocalFileError(`Cannot write ${shown}: ${(cause as Error).message}`, { cause });
  }
}
