import { abortable } from "../../async/abortable.ts";
import { StorageError } from "../errors.ts";
import type { Bytes } from "../storage.ts";
import type { Connection } from "./connection.ts";
import type { HttpRequest } from "./messages.ts";
import type { ProgressWatch } from "./progress_watch.ts";

// A server that does not know `expect` says nothing, and must not be waited for (RFC 9110, 10.1.1).
const CONTINUE_LIMIT_MS = 1000;
const ENCODER = new TextEncoder();
const LINE_END = ENCODER.encode("\r\n");
const LAST_CHUNK = ENCODER.encode("0\r\n\r\n");

/**
 * Request line and headers, as they travel.
 * @throws {StorageError} `misconfigured`: a header that cannot be sent
 */
export function encodeHead({ method, url, headers = {}, body }: HttpRequest): Uint8Array {
  const fields = fieldsOf(headers);
  fields.set("host", url.host);
  fields.set("connection", "close");
  // A body that was compressed on the way has another length and another checksum.
  fields.set("accept-encoding", "identity");
  if (body instanceof Uint8Array) fields.set("content-length", String(body.length));
  else if (body !== undefined && !fields.has("content-length")) {
    fields.set("transfer-encoding", "chunked");
  } else if (body === undefined && method !== "GET" && method !== "HEAD") {
    fields.set("content-length", "0");
  }
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`];
  for (const [name, value] of fields) lines.push(`${name}: ${value}`);
  return ENCODER.encode(lines.join("\r\n") + "\r\n\r\n");
}

function fieldsOf(headers: Readonly<Record<string, string>>): Headers {
  const fields = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // A line end would begin a header of somebody else's choice. The value may be a secret.
    if (!/^[\t\x20-\x7e]*$/.test(value) || !/^[\w-]+$/.test(name)) {
      throw new StorageError("misconfigured", `The value of header ${name} cannot be sent`);
    }
    fields.set(name, value);
  }
  return fields;
}

export interface SendOptions {
  /** Resolves when the server asks for the body. */
  mayGoOn: Promise<void>;
  /** Ends the sending without a failure: the answer came first. */
  stop: AbortSignal;
  watch: ProgressWatch;
}

/** What the giver of a body failed with, or that it gave too much or too little. */
export class SourceFailure extends Error {
  override readonly name = "SourceFailure";
}

/**
 * Sends the body of a request, if it has one.
 * @throws {SourceFailure} whatever else is thrown is the connection's failure
 */
export async function sendBody(
  { headers = {}, body }: HttpRequest,
  connection: Connection,
  options: SendOptions,
): Promise<void> {
  if (body === undefined) return;
  const given = new Headers(headers);
  try {
    if (given.has("expect")) await heard(options);
    if (body instanceof Uint8Array) await abortable(connection.write(body), options.stop);
    else await sendPieces(body, given.get("content-length"), connection, options);
  } catch (error) {
    if (!options.stop.aborted) throw error;
  }
}

async function heard({ mayGoOn, stop, watch }: SendOptions): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, Math.min(CONTINUE_LIMIT_MS, watch.limitMs / 2));
  try {
    await abortable(Promise.race([mayGoOn, limit.promise]), stop);
  } finally {
    clearTimeout(timer);
  }
}

async function sendPieces(
  body: Bytes,
  contentLength: string | null,
  connection: Connection,
  { stop, watch }: SendOptions,
): Promise<void> {
  const pieces = body[Symbol.asyncIterator]();
  const expected = contentLength === null ? undefined : Number(contentLength);
  let length = 0;
  try {
    while (true) {
      const piece = await nextPiece(pieces, { stop, watch });
      length += piece?.length ?? 0;
      checkLength(length, { expected, isEnd: piece === undefined });
      if (piece === undefined) break;
      const bytes = expected === undefined ? asChunk(piece) : piece;
      if (piece.length > 0) await abortable(connection.write(bytes), stop);
    }
  } catch (error) {
    // Told, and not waited for: it may be in the middle of a wait of its own, which its signal ends.
    pieces.return?.().catch(() => {});
    throw error;
  }
  if (expected === undefined) await abortable(connection.write(LAST_CHUNK), stop);
}

async function nextPiece(
  pieces: AsyncIterator<Uint8Array>,
  { stop, watch }: { stop: AbortSignal; watch: ProgressWatch },
): Promise<Uint8Array | undefined> {
  watch.pause();
  try {
    const next = await abortable(pieces.next(), stop);
    return next.done ? undefined : next.value;
  } catch (cause) {
    throw new SourceFailure("The giver of the body failed", { cause });
  } finally {
    watch.resume();
  }
}

function checkLength(
  length: number,
  { expected, isEnd }: { expected: number | undefined; isEnd: boolean },
): void {
  if (expected === undefined || (isEnd ? length === expected : length <= expected)) return;
  const cause = new StorageError("failed", `The body has not the ${expected} bytes it was to have`);
  throw new SourceFailure("The giver of the body was wrong", { cause });
}

function asChunk(piece: Uint8Array): Uint8Array {
  const size = ENCODER.encode(`${piece.length.toString(16)}\r\n`);
  const chunk = new Uint8Array(size.length + piece.length + LINE_END.length);
  chunk.set(size);
  chunk.set(piece, size.length);
  chunk.set(LINE_END, size.length + piece.length);
  return chunk;
}
