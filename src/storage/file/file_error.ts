import { constants } from "node:os";
import { StorageError, type StorageErrorKind } from "../errors.ts";

/** A call to the file system that failed. */
export class FileError extends Error {
  override readonly name = "FileError";
  /** The name of the system's error number, `ENOSPC`; that of the error if it has no number. */
  readonly code: string;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.code = codeOf(cause);
  }
}

/** True for a call that failed with one of these codes. */
export function isFileError(error: unknown, ...codes: string[]): error is FileError {
  return error instanceof FileError && codes.includes(error.code);
}

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

const MEANINGS: Readonly<Record<string, { kind: StorageErrorKind; fact: string }>> = {
  ENOSPC: { kind: "full", fact: "no space is left" },
  EDQUOT: { kind: "full", fact: "the quota is used up" },
  EFBIG: { kind: "full", fact: "it is larger than a file may be" },
  EEXIST: { kind: "exists", fact: "the name is taken" },
  EROFS: { kind: "read-only", fact: "the file system is read-only" },
  EACCES: { kind: "denied", fact: "the rights are missing" },
  EPERM: { kind: "denied", fact: "it is not permitted" },
  NotCapable: { kind: "denied", fact: "Deno does not permit it" },
  EIO: { kind: "failed", fact: "the device failed" },
  ENOENT: { kind: "failed", fact: "the folder, or something in it, was removed meanwhile" },
  ENOTDIR: { kind: "misconfigured", fact: "a part of the path is no folder" },
  ELOOP: { kind: "misconfigured", fact: "a symbolic link leads nowhere" },
  ENAMETOOLONG: { kind: "misconfigured", fact: "the path is too long" },
};

/** What a failed call means for the act that it was for; any other error stays as it is. */
export function toStorageError(act: string, error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  const { code } = error;
  const meaning = MEANINGS[code];
  const fact = meaning === undefined ? error.message : `${meaning.fact} (${code})`;
  return new StorageError(meaning?.kind ?? "failed", `Cannot ${act}: ${fact}`, {
    cause: error.cause,
  });
}

// Deno 2.6 has no code for some numbers, among them those of a used-up quota, of a file that is too
// large and of a call that a file system does not know; they stand in the message only.
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code, message, name } = error as Error & { code?: string };
  const number = /\(os error (\d+)\)/.exec(message)?.[1];
  return code ?? (number === undefined ? name : NAMES.get(Number(number)) ?? name);
}
