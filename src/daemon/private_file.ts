/** A file that nobody but its owner can have written or read, open for reading and, if told, writing. */
export type PrivateFile =
  | { kind: "opened"; file: Deno.FsFile; info: Deno.FileInfo }
  | { kind: "missing" }
  | { kind: "refused"; reason: string };

const OTHERS = 0o077;

/**
 * Opens a regular file of this user (or of root) that no other user may read or write. Whatever else
 * lies at the path is refused before it is opened: what the file says is acted upon.
 */
export async function openPrivateFile(
  path: string,
  { isWritten = true }: { isWritten?: boolean } = {},
): Promise<PrivateFile> {
  try {
    const info = await Deno.lstat(path);
    const reason = objection(info);
    if (reason !== undefined) return { kind: "refused", reason };
    const file = await Deno.open(path, { read: true, write: isWritten });
    if (isSameFile(await file.stat(), info)) return { kind: "opened", file, info };
    file.close();
    return { kind: "refused", reason: "it was replaced while it was opened" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "missing" };
    return { kind: "refused", reason: `it cannot be opened: ${(error as Error).message}` };
  }
}

/** Whether the path still leads to this very file. */
export async function isAt(path: string, info: Deno.FileInfo): Promise<boolean> {
  try {
    return isSameFile(await Deno.lstat(path), info);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function objection(info: Deno.FileInfo): string | undefined {
  if (info.isSymlink) return "it is a symbolic link";
  if (!info.isFile) return "it is not a regular file";
  const owner = info.uid;
  if (owner !== Deno.uid() && owner !== 0) return `it belongs to the user with the id ${owner}`;
  const mode = (info.mode ?? 0) & 0o777;
  if ((mode & OTHERS) === 0) return undefined;
  return `other users may use it (mode ${mode.toString(8).padStart(4, "0")}): it must be 0600`;
}

function isSameFile(one: Deno.FileInfo, other: Deno.FileInfo): boolean {
  return one.isFile && one.dev === other.dev && one.ino === other.ino;
}
