/** Bytes that are no answer of HTTP/1.1, or not the whole of one. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}
