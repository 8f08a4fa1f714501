import { isStorageError } from "../errors.ts";
import { DataAttempts } from "./data_attempts.ts";
import { DataNodeError } from "./data_nodes.ts";
import type { Act } from "./name_nodes.ts";
import type { OpenFile, WebHdfs } from "./webhdfs.ts";

/**
 * The content of a file. A connection that breaks is followed by another one, from the byte on at which
 * it broke, a few times in a row.
 * Memory: the piece that is being read.
 * @throws {StorageError} `not-found` when the first bytes are asked for
 */
export async function* readFile(
  webHdfs: WebHdfs,
  path: string,
  act: Act,
): AsyncGenerator<Uint8Array, void, void> {
  const attempts = new DataAttempts();
  let offset = 0;
  while (true) {
    try {
      const file = await webHdfs.open(path, { ...act, offset, failed: attempts.failed });
      for await (const piece of piecesOf(file, act)) {
        offset += piece.length;
        attempts.progressed();
        yield piece;
      }
      return;
    } catch (error) {
      await attempts.waitAfter(error, act);
    }
  }
}

async function* piecesOf(
  { answer, host }: OpenFile,
  { act }: Act,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* answer.body;
  } catch (error) {
    if (!isStorageError(error, "unavailable", "timeout")) throw error;
    const message = `Cannot ${act}: the data node ${host} broke off: ${error.message}`;
    throw new DataNodeError(error.kind, message, { host, cause: error });
  }
}
