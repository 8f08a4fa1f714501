import { join } from "node:path";
import { CorruptDataError, DataFolderError, orStorageFailed } from "./errors.ts";
import { decodeFileHeader, FILE_HEADER_BYTES, type ReadHeader } from "./file_header.ts";
import { isApacheName, isUnfinishedName, type NamedFile, parseFileName } from "./file_names.ts";

/** Where Apache ZooKeeper keeps its files. */
const APACHE_FOLDER = "version-2";

/** A file of the database, with what it says of itself. */
export interface DataFile extends NamedFile {
  readonly header: ReadHeader;
}

/** The names of the database's own files, oldest first; what others have put there stays unseen. */
export async function ownFiles(
  folder: string,
): Promise<{ log: NamedFile[]; snapshots: NamedFile[] }> {
  const files: NamedFile[] = [];
  for (const name of await namesIn(folder)) {
    const parsed = parseFileName(name);
    if (parsed !== undefined) files.push({ ...parsed, path: join(folder, name) });
  }
  files.sort((one, other) => one.zxid < other.zxid ? -1 : 1);
  return {
    log: files.filter(({ kind }) => kind === "log"),
    snapshots: files.filter(({ kind }) => kind === "snapshot"),
  };
}

/** @throws {DataFolderError} if Apache ZooKeeper has written there. */
export async function refuseApacheData(folder: string): Promise<void> {
  for (const place of [folder, join(folder, APACHE_FOLDER)]) {
    const name = (await namesIn(place)).find(isApacheName);
    if (name === undefined) continue;
    throw new DataFolderError(
      `${join(place, name)} is a file of Apache ZooKeeper, whose data this server cannot read: ` +
        "give it another folder",
    );
  }
}

/** Removes what an earlier start has left behind before it was whole. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (!isUnfinishedName(name)) continue;
    const path = join(folder, name);
    await orStorageFailed(`remove ${path}`, () => Deno.remove(path));
  }
}

/** @throws {CorruptDataError} if the header is not that of a file of this name. | {StorageFailedError} */
export async function readHeader(named: NamedFile): Promise<DataFile> {
  const { path, kind, zxid } = named;
  const header = decodeFileHeader(await firstBytes(path));
  if (typeof header === "string") throw CorruptDataError.at(path, 0, header);
  if (header.kind !== kind || header.zxid !== zxid) {
    throw CorruptDataError.at(path, 0, "the header is that of another file");
  }
  return { ...named, header };
}

async function firstBytes(path: string): Promise<Uint8Array> {
  return await orStorageFailed(`read ${path}`, async () => {
    using file = await Deno.open(path, { read: true });
    const bytes = new Uint8Array(FILE_HEADER_BYTES);
    let length = 0;
    while (length < bytes.length) {
      const count = await file.read(bytes.subarray(length));
      if (count === null) break;
      length += count;
    }
    return bytes.subarray(0, length);
  });
}

async function namesIn(folder: string): Promise<string[]> {
  return await orStorageFailed(`read ${folder}`, async () => {
    try {
      return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        return [];
      }
      throw error;
    }
  });
}
