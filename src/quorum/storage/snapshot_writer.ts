import { orStorageFailed } from "./errors.ts";
import { UnnamedFile, writeAll } from "./file_creation.ts";
import { encodeFileHeader, type FileHeader } from "./file_header.ts";
import { encodePiece, END_BYTES, END_LENGTH } from "./snapshot_piece.ts";

/** So much is flushed at a time: the log, which clients wait for, need not wait for much more. */
const FLUSHED_BYTES = 8 * 1024 * 1024;

/**
 * Writes a snapshot, whose name appears when it is durable and everything that it shows is, too.
 * `finish` waits for that, and says what the newest record is.
 * @throws {StorageFailedError} | what `pieces` and `finish` throw; nothing is left behind.
 */
export async function writeSnapshot(
  path: string,
  header: FileHeader,
  { pieces, finish }: { pieces: Iterable<Uint8Array>; finish: () => Promise<bigint> },
): Promise<void> {
  const unnamed = await UnnamedFile.create(path, async (file) => {
    const { bytes, seed } = encodeFileHeader(header);
    const out = new FlushingFile(path, file);
    await out.write(bytes);
    let checksum = seed;
    const writePiece = async (length: number, payload: Uint8Array) => {
      const piece = encodePiece(length, payload, checksum);
      checksum = piece.checksum;
      await out.write(piece.bytes);
    };
    for (const payload of pieces) await writePiece(payload.length, payload);
    const end = new Uint8Array(END_BYTES);
    new DataView(end.buffer).setBigUint64(0, await finish());
    await writePiece(END_LENGTH, end);
  });
  await unnamed.publish();
  unnamed.file.close();
}

class FlushingFile {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #unflushed = 0;

  constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await orStorageFailed(`write ${this.#path}`, async () => {
      await writeAll(this.#file, bytes);
      this.#unflushed += bytes.length;
      if (this.#unflushed < FLUSHED_BYTES) return;
      await this.#file.syncData();
      this.#unflushed = 0;
    });
  }
}
