import { openPrivateFile } from "./private_file.ts";
import { StartError } from "./start_error.ts";

const MAX_BYTES = 4096;
const KEY = "masterd.token-file";

/**
 * The token that calls among the nodes of a cluster carry; undefined if no file is configured.
 * @throws {StartError} if the file is missing, others may use it, or it holds no token
 */
export async function readClusterToken(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const found = await openPrivateFile(path, { isWritten: false });
  if (found.kind === "missing") throw unusable(path, "there is no such file");
  if (found.kind === "refused") throw unusable(path, found.reason);
  using file = found.file;
  const token = (await readText(file, path)).trim();
  if (/^[\x21-\x7e]{16,}$/.test(token)) return token;
  throw unusable(path, "it must hold one word of at least 16 letters, digits or plain signs");
}

async function readText(file: Deno.FsFile, path: string): Promise<string> {
  const bytes = new Uint8Array(MAX_BYTES);
  let length = 0;
  try {
    for (let count: number | null = 1; count !== null && length < MAX_BYTES; length += count ?? 0) {
      count = await file.read(bytes.subarray(length));
    }
  } catch (error) {
    throw unusable(path, (error as Error).message);
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}

function unusable(path: string, reason: string): StartError {
  return new StartError(`Cannot use the token file ${path} (${KEY}): ${reason}`);
}
