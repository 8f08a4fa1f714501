import type { Bytes } from "../storage.ts";

/** What to ask of a server. */
export interface HttpRequest {
  method: string;
  /** Its user name and password are not sent. */
  url: URL;
  /** With `expect: 100-continue` the body waits for the server's word, for at most a second. */
  headers?: Readonly<Record<string, string>>;
  /** Bytes of unknown length travel in chunks, unless a header `content-length` tells their length. */
  body?: Uint8Array | Bytes;
  /** No progress for this long fails the exchange; waiting for the giver or taker of bytes is not counted. */
  timeoutMs: number;
  /** Ends the exchange, and the reading of its answer, at any moment. */
  signal: AbortSignal;
}

/** What the server said. Its body is read to the end, or discarded: a connection hangs on it. */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  /** Read once, as it arrives; a body that ends too early fails. */
  body: Bytes;
  /** The beginning of the body as text, at most so many bytes: 64 KiB unless told. */
  text(limit?: number): Promise<string>;
  /** Gives up the rest of the body, and the connection with it. */
  discard(): void;
}
