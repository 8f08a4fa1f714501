import type { Connection } from "./connection.ts";
import { readLine } from "./line.ts";
import { ProtocolError } from "./protocol_error.ts";

/** Status and headers of an answer. */
export interface AnswerHead {
  status: number;
  headers: Headers;
}

const MAX_HEAD_BYTES = 65_536;

/** Reads heads until the one of the final answer; each `100 Continue` before it is reported. */
export async function readAnswerHead(
  connection: Connection,
  { onContinue }: { onContinue: () => void },
): Promise<AnswerHead> {
  while (true) {
    const status = parseStatus(await readLine(connection, MAX_HEAD_BYTES));
    const headers = await readHeaders(connection);
    if (status >= 200) return { status, headers };
    if (status === 101) throw new ProtocolError("the server changed to another protocol");
    if (status === 100) onContinue();
  }
}

/** Reads `name: value` lines up to an empty one (RFC 9112, 5); also the trailer of a chunked body. */
export async function readHeaders(connection: Connection): Promise<Headers> {
  const headers = new Headers();
  let left = MAX_HEAD_BYTES;
  while (true) {
    const line = await readLine(connection, left);
    if (line === "") return headers;
    left -= line.length;
    const [, name, value] = /^([^\s:]+):(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new ProtocolError("a header has no name");
    try {
      headers.append(name, value.trim());
    } catch (cause) {
      throw new ProtocolError("a header has characters that are not allowed", { cause });
    }
  }
}

function parseStatus(line: string): number {
  const match = /^HTTP\/1\.[01] ([1-9]\d\d)(?: |$)/.exec(line);
  if (match === null) throw new ProtocolError("the answer is not one of HTTP/1.1");
  return Number(match[1]);
}
