import { parseBlobName } from "./blob_name.ts";
import type { Entry, EntryVersion } from "./entry.ts";
import { asObject, type JsonObject, otherFields, parseJsonObject } from "./json.ts";

/** A version together with its blob. */
export interface VersionRecord extends EntryVersion {
  readonly blob: string;
  /** Fields of a newer masterd, written back as they are. */
  readonly other: JsonObject;
}

/** What the node of an entry holds. */
export interface Pointer {
  /** Newest first; at least one. */
  readonly versions: readonly [VersionRecord, ...VersionRecord[]];
  /** Its deletion has begun: to readers it is gone, and its blobs may be. */
  readonly isDeleted: boolean;
  readonly other: JsonObject;
}

/** The content of a node as it was found. */
export type DecodedPointer =
  | { kind: "pointer"; pointer: Pointer }
  /** Not to be touched: it may be right for whoever wrote it. */
  | { kind: "unreadable"; problem: string };

const FORMAT = 1;

/** No number of a transaction is as large. */
const COUNTER_END = 2n ** 63n;

const POINTER_FIELDS = ["format", "versions", "deleted"];
const VERSION_FIELDS = ["version", "blob", "length", "sha256", "epoch", "writtenAt"];

/**
 * The JSON document of a pointer; numbers of 64 bits are text in it.
 * @throws {RangeError} if it could not be read again, since what somebody else wrote leaves no room for a
 *   larger version
 */
export function encodePointer({ versions, isDeleted, other }: Pointer): Uint8Array {
  if (versions[0].version >= COUNTER_END) throw new RangeError("its version cannot grow");
  const document = {
    ...other,
    format: FORMAT,
    versions: versions.map(({ other, version, epoch, ...record }) => ({
      ...other,
      ...record,
      version: String(version),
      epoch: String(epoch),
    })),
    ...(isDeleted ? { deleted: true } : {}),
  };
  return new TextEncoder().encode(JSON.stringify(document));
}

/**
 * Reads what stands in the node of an entry, which anybody may have written. What one pointer may be
 * deleted with, no other leads to: a blob belongs to one entry, and to one version of it.
 */
export function decodePointer(name: string, bytes: Uint8Array): DecodedPointer {
  const document = parseJsonObject(bytes);
  if (document === undefined) return unreadable("it is no JSON object");
  const { format, versions: list, deleted } = document;
  if (format !== FORMAT) return unreadable(describeFormat(format));
  if (!Array.isArray(list)) return unreadable("it has no list of versions");
  const versions = list.map(decodeVersion).filter((version) => version !== undefined);
  const [newest, ...older] = versions;
  if (newest === undefined || versions.length < list.length) {
    return unreadable("a version in it lacks a field, or has one of another type");
  }
  const strange = strangeOrder(name, versions);
  if (strange !== undefined) return unreadable(strange);
  const other = otherFields(document, POINTER_FIELDS);
  return {
    kind: "pointer",
    pointer: { versions: [newest, ...older], isDeleted: deleted === true, other },
  };
}

/** The newest version under the name of its entry. */
export function newestEntry(name: string, { versions: [newest] }: Pointer): Entry {
  return { name, ...versionOf(newest) };
}

/** A version without what only its pointer needs. */
export function versionOf(record: VersionRecord): EntryVersion {
  const { version, length, sha256, epoch, writtenAt } = record;
  return { version, length, sha256, epoch, writtenAt };
}

/** What stands in the node of an entry is of no use. */
export function unreadable(problem: string): DecodedPointer & { kind: "unreadable" } {
  return { kind: "unreadable", problem: `its pointer cannot be read: ${problem}` };
}

function strangeOrder(name: string, versions: readonly VersionRecord[]): string | undefined {
  const isForeign = versions.some(({ blob }) => parseBlobName(blob)?.entry !== name);
  if (isForeign) return "it leads to the blob of another entry";
  if (new Set(versions.map(({ blob }) => blob)).size < versions.length) {
    return "two versions in it have the same blob";
  }
  const isOrdered = versions.every(({ version }, at) =>
    version < (versions[at - 1]?.version ?? COUNTER_END)
  );
  return isOrdered ? undefined : "its versions are not in their order";
}

function describeFormat(format: unknown): string {
  const isNumber = typeof format === "number" && Number.isSafeInteger(format);
  if (!isNumber) return "it is none of masterd's";
  return `it has the format ${format}, this masterd knows ${FORMAT}`;
}

function decodeVersion(value: unknown): VersionRecord | undefined {
  const record = asObject(value);
  if (record === undefined) return undefined;
  const { version, blob, length, sha256, epoch, writtenAt } = record;
  if (!isBlobName(blob) || !isLength(length) || !isDigest(sha256)) return undefined;
  if (!isCounter(version) || !isCounter(epoch)) return undefined;
  return {
    version: BigInt(version),
    blob,
    length,
    sha256,
    epoch: BigInt(epoch),
    writtenAt: typeof writtenAt === "string" ? writtenAt : "",
    other: otherFields(record, VERSION_FIELDS),
  };
}

// Whatever stands there is read and deleted: no path may lead out of the folder.
function isBlobName(value: unknown): value is string {
  return typeof value === "string" && parseBlobName(value) !== undefined;
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isDigest(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function isCounter(value: unknown): value is string {
  return typeof value === "string" && /^\d{1,19}$/.test(value) && BigInt(value) < COUNTER_END;
}
