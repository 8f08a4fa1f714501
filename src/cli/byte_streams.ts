import { abortable } from "../async/abortable.ts";
import type { Bytes } from "../storage/storage.ts";
import { LocalFileError } from "./local_file_error.ts";

/** Standard input, as bytes. */
export interface ByteInput {
  readonly isTerminal: boolean;
  /**
   * What comes, to its end; can be read once.
   * @throws {LocalFileError}
   */
  pieces(options: { signal: AbortSignal }): Bytes;
}

/** Standard output, as bytes. */
export interface ByteOutput {
  readonly isTerminal: boolean;
  /**
   * Writes all of the piece; false if nobody reads any more.
   * @throws {LocalFileError}
   */
  write(piece: Uint8Array): Promise<boolean>;
}

/** A terminal that progress can be drawn on, as node's streams show it. */
export interface Terminal {
  readonly isTTY: true;
  /** Its width. */
  readonly columns: number;
  write(text: string): void;
}

/** Standard output that pictures can be drawn on. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
}

const PIECE_BYTES = 256 * 1024;

export function standardInput(): ByteInput {
  return {
    isTerminal: Deno.stdin.isTerminal(),
    async *pieces({ signal }) {
      while (true) {
        const piece = new Uint8Array(PIECE_BYTES);
        const count = await abortable(Deno.stdin.read(piece).catch(cannotRead), signal);
        if (count === null) return;
        yield piece.subarray(0, count);
      }
    },
  };
}

export function standardOutput(): ByteOutput {
  return {
    isTerminal: Deno.stdout.isTerminal(),
    async write(piece) {
      try {
        for (let at = 0; at < piece.length;) at += await Deno.stdout.write(piece.subarray(at));
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.BrokenPipe) return false;
        throw cannotWrite(error);
      }
    },
  };
}

/** What to tell of an output that takes no more, such as a file on a full disk. */
export function cannotWrite(cause: unknown): LocalFileError {
  return new LocalFileError(`Cannot write the output: ${(cause as Error).message}`, { cause });
}

function cannotRead(cause: unknown): never {
  throw new LocalFileError(`Cannot read standard input: ${(cause as Error).message}`, { cause });
}

/** Standard output, if it is a terminal. */
export function outputScreen(write: (text: string) => void): Screen | undefined {
  if (!Deno.stdout.isTerminal()) return undefined;
  return {
    get columns() {
      return Deno.consoleSize().columns;
    },
    get rows() {
      return Deno.consoleSize().rows;
    },
    write,
  };
}

/** Standard error, if it is a terminal. */
export function errorTerminal(write: (text: string) => void): Terminal | undefined {
  if (!Deno.stderr.isTerminal()) return undefined;
  return {
    isTTY: true,
    get columns() {
      return Deno.consoleSize().columns;
    },
    write,
  };
}
