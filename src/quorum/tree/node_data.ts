/**
 * A node's data as it is kept: a short one is a string with a character for each byte, since an
 * array of its own takes some two hundred bytes more, for each of a million nodes.
 */
export type NodeData = Uint8Array | string | null;

const MAX_PACKED_BYTES = 256;
const EMPTY = new Uint8Array(0);

/** Whether data of this length are kept as a string. */
export function isPacked(length: number): boolean {
  return length <= MAX_PACKED_BYTES;
}

export function packData(data: Uint8Array | null): NodeData {
  if (data === null || !isPacked(data.length)) return data;
  return String.fromCharCode(...data);
}

/** The data as it was given; who gets it must not change it. */
export function unpackData(data: NodeData): Uint8Array | null {
  if (typeof data !== "string") return data;
  if (data === "") return EMPTY;
  const bytes = new Uint8Array(data.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = data.charCodeAt(at);
  return bytes;
}
