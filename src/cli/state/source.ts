import { resolve } from "node:path";
import type { Bytes } from "../../storage/storage.ts";
import type { CommandContext } from "../command_context.ts";
import { LocalFileError } from "../local_file_error.ts";

const PIECE_BYTES = 256 * 1024;

/** A content that is to be stored. */
export interface Source {
  /** In bytes, if that is known before it is read. */
  readonly length: number | undefined;
  /** Whether the whole of it can be read, now that some of it perhaps was. */
  canRepeat(): boolean;
  /** The content from its beginning; a piece at a time is in memory. */
  pieces(options: { signal: AbortSignal }): Bytes;
}

/**
 * The file at a path, or standard input if that is `-` or left out.
 * @throws {LocalFileError}
 */
export async function openSource(
  path: string | undefined,
  context: CommandContext,
): Promise<Source> {
  if (path !== undefined && path !== "-") {
    return await fileSource(path, resolve(context.workingDirectory, path));
  }
  const { input } = context;
  if (input.isTerminal) context.printError("reads what is typed, up to Ctrl-D");
  return once((options) => input.pieces(options));
}

/** A content that is gone as it is read. */
function once(read: Source["pieces"]): Source {
  let isTouched = false;
  return {
    length: undefined,
    canRepeat: () => !isTouched,
    async *pieces(options) {
      isTouched = true;
      yield* read(options);
    },
  };
}

async function fileSource(shown: string, path: string): Promise<Source> {
  const info = await attempt(shown, () => Deno.stat(path));
  if (info.isDirectory) throw new LocalFileError(`Cannot read ${shown}: it is a directory`);
  const read: Source["pieces"] = ({ signal }) => fileContent(shown, path, signal);
  if (!info.isFile) return once(read);
  const { size: length } = info;
  return {
    length,
    canRepeat: () => true,
    pieces: (options) => exactly(length, read(options), shown),
  };
}

async function* fileContent(
  shown: string,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  using file = await attempt(shown, () => Deno.open(path));
  while (true) {
    signal.throwIfAborted();
    const piece = new Uint8Array(PIECE_BYTES);
    const count = await attempt(shown, () => file.read(piece));
    if (count === null) return;
    yield piece.subarray(0, count);
  }
}

// Its length has been announced to the leader, which would take another as a damage on the way.
async function* exactly(
  length: number,
  content: Bytes,
  shown: string,
): AsyncGenerator<Uint8Array, void, void> {
  let seen = 0;
  for await (const piece of content) {
    seen += piece.length;
    if (seen > length) break;
    yield piece;
  }
  if (seen !== length) throw new LocalFileError(`${shown} changed while it was read`);
}

async function attempt<T>(shown: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new LocalFileError(`Cannot read ${shown}: ${(cause as Error).message}`, { cause });
  }
}
