import { crc32 } from "node:zlib";
import type { FileKind } from "./file_names.ts";

/** What each file of a database begins with. */
export interface FileHeader {
  readonly kind: FileKind;
  /** 16 random bytes that all files of one database share. */
  readonly databaseId: Uint8Array;
  readonly zxid: bigint;
  /** Of the last batch of records in the log before this one; 0 for the first log and for snapshots. */
  readonly previousChecksum: number;
}

/** A header and the number that all checksums of its file begin with: no other file has the same. */
export interface ReadHeader extends FileHeader {
  readonly seed: number;
}

export const FILE_HEADER_BYTES = 64;
export const DATABASE_ID_BYTES = 16;
const FORMAT_VERSION = 1;
const MAGIC = new TextEncoder().encode("MASTERDQ");
const KINDS: readonly FileKind[] = ["log", "snapshot"];
const CHECKSUM_AT = FILE_HEADER_BYTES - 4;

/** The bytes of a new header: magic 8, version 4, kind 4, id 16, zxid 8, previous 4, random 16, checksum 4. */
export function encodeFileHeader(header: FileHeader): { bytes: Uint8Array; seed: number } {
  const bytes = new Uint8Array(FILE_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, FORMAT_VERSION);
  view.setUint32(12, KINDS.indexOf(header.kind));
  bytes.set(header.databaseId, 16);
  view.setBigUint64(32, header.zxid);
  view.setUint32(40, header.previousChecksum);
  // Without it a file of the same name that was deleted would have had the same seed.
  crypto.getRandomValues(bytes.subarray(44, CHECKSUM_AT));
  const seed = crc32(bytes.subarray(0, CHECKSUM_AT));
  view.setUint32(CHECKSUM_AT, seed);
  return { bytes, seed };
}

/** The header, or what is wrong with it. */
export function decodeFileHeader(bytes: Uint8Array): ReadHeader | string {
  if (bytes.length < FILE_HEADER_BYTES) return "the header is cut off";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) return "this is no file of masterd";
  const seed = view.getUint32(CHECKSUM_AT);
  if (crc32(bytes.subarray(0, CHECKSUM_AT)) !== seed) return "the checksum of the header is wrong";
  const version = view.getUint32(8);
  if (version !== FORMAT_VERSION) return `format ${version} is unknown, this is ${FORMAT_VERSION}`;
  return {
    kind: KINDS[view.getUint32(12)]!,
    databaseId: bytes.slice(16, 16 + DATABASE_ID_BYTES),
    zxid: view.getBigUint64(32),
    previousChecksum: view.getUint32(40),
    seed,
  };
}
