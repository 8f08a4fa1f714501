import { type AnswerHead, readHeaders } from "./answer_head.ts";
import type { Connection } from "./connection.ts";
import { readLine } from "./line.ts";
import { ProtocolError } from "./protocol_error.ts";

/** Bytes of a body, piece by piece. */
export type Pieces = AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>;

const MAX_LINE_BYTES = 4096;

/** True if nothing follows the head (RFC 9112, 6.3). */
export function hasNoBody(method: string, { status, headers }: AnswerHead): boolean {
  if (method === "HEAD" || status === 204 || status === 304) return true;
  return !headers.has("transfer-encoding") && headers.get("content-length") === "0";
}

/** Reads a body: in chunks, of a given length, or up to the end of the connection. */
export async function* readBody(connection: Connection, headers: Headers): Pieces {
  const encoding = headers.get("transfer-encoding")?.toLowerCase();
  if (encoding === "chunked") return yield* readChunks(connection);
  if (encoding !== undefined) throw new ProtocolError(`transfer-encoding ${encoding} is not known`);
  const length = headers.get("content-length");
  if (length === null) return yield* readToEnd(connection);
  if (!/^\d{1,15}$/.test(length)) throw new ProtocolError("content-length is no number");
  yield* readExactly(connection, Number(length));
}

async function* readChunks(connection: Connection): Pieces {
  while (true) {
    const size = /^[0-9a-f]{1,12}(?=\s*(;|$))/i.exec(await readLine(connection, MAX_LINE_BYTES));
    if (size === null) throw new ProtocolError("a chunk has no size");
    const length = parseInt(size[0], 16);
    if (length === 0) break;
    yield* readExactly(connection, length);
    if (await readLine(connection, MAX_LINE_BYTES) !== "") {
      throw new ProtocolError("a chunk is longer than its size");
    }
  }
  await readHeaders(connection);
}

async function* readExactly(connection: Connection, length: number): Pieces {
  for (let left = length; left > 0;) {
    const bytes = await connection.peek();
    if (bytes === null) {
      throw new ProtocolError(`the connection ended ${left} bytes too early`);
    }
    const piece = bytes.slice(0, left);
    connection.take(piece.length);
    left -= piece.length;
    yield piece;
  }
}

async function* readToEnd(connection: Connection): Pieces {
  for (let bytes = await connection.peek(); bytes !== null; bytes = await connection.peek()) {
    const piece = bytes.slice();
    connection.take(piece.length);
    yield piece;
  }
}
