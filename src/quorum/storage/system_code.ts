import { constants } from "node:os";

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name]),
);

const FACTS: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left",
  EDQUOT: "the quota is used up",
  EFBIG: "it is larger than a file may be",
  EROFS: "the file system is read-only",
  EACCES: "the rights are missing",
  EPERM: "it is not permitted",
  EIO: "the device failed",
  ENOENT: "it is not there",
  ENOTDIR: "a part of the path is no folder",
  EEXIST: "a file has that name",
};

/** The name of the system's error number, `ENOSPC`; that of the error if it has no number. */
export function systemCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code, message, name } = error as Error & { code?: string };
  // Deno 2.6 has no code for some numbers; they stand in the message only.
  const number = /\(os error (\d+)\)/.exec(message)?.[1];
  return code ?? (number === undefined ? name : NAMES.get(Number(number)) ?? name);
}

/** What a failed call means, for people. */
export function systemFact(error: unknown): string {
  const code = systemCodeOf(error);
  const fact = FACTS[code];
  if (fact !== undefined) return `${fact} (${code})`;
  return error instanceof Error ? error.message : String(error);
}
