import { crc32 } from "node:zlib";

/** Stands before each piece: length 4, checksum 4. */
export const PIECE_HEADER_BYTES = 8;
/** In the place of a length: the snapshot ends here, and is whole. */
export const END_LENGTH = 0xffff_ffff;
/** What follows the last header: the newest record that the snapshot may show. */
export const END_BYTES = 8;

/** The checksum of a piece behind one with `previous`; that of the header's seed for the first. */
export function pieceChecksum(length: number, payload: Uint8Array, previous: number): number {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return crc32(payload, crc32(bytes, previous));
}

/** A piece as it is written. */
export function encodePiece(
  length: number,
  payload: Uint8Array,
  previous: number,
): { bytes: Uint8Array; checksum: number } {
  const checksum = pieceChecksum(length, payload, previous);
  const bytes = new Uint8Array(PIECE_HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length);
  view.setUint32(4, checksum);
  bytes.set(payload, PIECE_HEADER_BYTES);
  return { bytes, checksum };
}
