import { CorruptDataError } from "./errors.ts";
import { FILE_HEADER_BYTES, type ReadHeader } from "./file_header.ts";
import { FileReader } from "./file_reader.ts";
import { END_BYTES, END_LENGTH, PIECE_HEADER_BYTES, pieceChecksum } from "./snapshot_piece.ts";

/**
 * The pieces of a snapshot, each a copy, and at last the newest record that they may show.
 * @throws {CorruptDataError} | {StorageFailedError}
 */
export async function* readSnapshot(
  path: string,
  { seed }: ReadHeader,
): AsyncGenerator<Uint8Array, bigint, void> {
  using reader = await FileReader.open(path);
  await reader.seek(FILE_HEADER_BYTES);
  for (let checksum = seed;;) {
    const { position } = reader;
    const piece = await nextPiece(reader);
    if (piece === undefined) throw CorruptDataError.at(path, position, "the snapshot is cut off");
    checksum = pieceChecksum(piece.length, piece.payload, checksum);
    if (piece.checksum !== checksum) {
      throw CorruptDataError.at(path, position, "the checksum of a piece is wrong");
    }
    if (piece.length !== END_LENGTH) {
      yield piece.payload;
      continue;
    }
    if (reader.position < reader.size) {
      throw CorruptDataError.at(path, reader.position, "something follows the end");
    }
    return new DataView(piece.payload.buffer).getBigUint64(0);
  }
}

/**
 * Reads a whole snapshot to see that it checks; the newest record that it may show.
 * @throws {CorruptDataError} | {StorageFailedError}
 */
export async function verifySnapshot(path: string, header: ReadHeader): Promise<bigint> {
  const pieces = readSnapshot(path, header);
  while (true) {
    const { done, value } = await pieces.next();
    if (done) return value;
  }
}

async function nextPiece(
  reader: FileReader,
): Promise<{ length: number; checksum: number; payload: Uint8Array } | undefined> {
  const head = await reader.peek(PIECE_HEADER_BYTES);
  if (head.length < PIECE_HEADER_BYTES) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const length = view.getUint32(0);
  const checksum = view.getUint32(4);
  const bytes = PIECE_HEADER_BYTES + (length === END_LENGTH ? END_BYTES : length);
  if (bytes > reader.size - reader.position) return undefined;
  const payload = (await reader.peek(bytes)).slice(PIECE_HEADER_BYTES);
  reader.skip(bytes);
  return { length, checksum, payload };
}
