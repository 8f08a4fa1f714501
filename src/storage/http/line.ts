import type { Connection } from "./connection.ts";
import { ProtocolError } from "./protocol_error.ts";

const LINE_FEED = 10;
const LATIN1 = new TextDecoder("latin1");

/** Reads one line without its end, at most `limit` bytes long. */
export async function readLine(connection: Connection, limit: number): Promise<string> {
  let line = "";
  while (true) {
    const bytes = await connection.peek();
    if (bytes === null) {
      throw new ProtocolError("the server closed the connection without an answer");
    }
    const end = bytes.indexOf(LINE_FEED);
    const part = bytes.subarray(0, end < 0 ? bytes.length : end);
    line += LATIN1.decode(part);
    if (line.length > limit) throw new ProtocolError("the head of the answer is too long");
    connection.take(part.length + (end < 0 ? 0 : 1));
    if (end >= 0) return line.endsWith("\r") ? line.slice(0, -1) : line;
  }
}
