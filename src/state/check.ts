import { inParallel } from "../async/in_parallel.ts";
import { isStorageError } from "../storage/errors.ts";
import type { BlobInfo } from "../storage/storage.ts";
import { orphansAmong } from "./collector.ts";
import { asStateError } from "./failure.ts";
import { blobFolder, type StateIdentity, verifyStorage } from "./identity.ts";
import type { DecodedPointer, VersionRecord } from "./pointer.ts";
import type { StateReader } from "./state_reader.ts";
import { DamagedContentError, drain, verified } from "./verified_content.ts";

/** Contents that are read at once. */
const PARALLEL_READS = 4;

/** What is wrong with one version of an entry, or with its pointer. */
export interface CheckProblem {
  name: string;
  /** Null if no version could be read. */
  version: bigint | null;
  kind:
    | "unreadable-pointer"
    | "missing-blob"
    | "wrong-length"
    | "wrong-checksum"
    | "unreadable-blob";
  detail: string;
}

/** Everything that was found in ZooKeeper and in the storage. */
export interface CheckReport {
  /** Null if nothing was ever written. */
  stateId: string | null;
  entries: number;
  versions: number;
  /** Of all versions together. */
  bytes: number;
  problems: CheckProblem[];
  /** Blobs that no pointer led to; a leader may be about to point to some of them. */
  orphans: BlobInfo[];
  unfinishedDeletions: string[];
}

export interface CheckOptions {
  /** True: every blob is read to its end; false: that it is there, and how long it is, is enough. */
  readContents: boolean;
  /** Told how many bytes of how many have been looked at. */
  onProgress?: (done: number, total: number) => void;
  signal: AbortSignal;
}

// Whoever only looks cannot know what a leader is about to do.
const NO_WRITER = { mayBeUnderWay: () => false };

interface CheckedVersion {
  name: string;
  record: VersionRecord;
}

/**
 * Compares all pointers with all blobs. Changes nothing, and needs no leader; one that writes meanwhile
 * gives no false problems.
 * @throws {StateError} `wrong-storage` | `storage` | `unavailable` | `broken` if nothing can be told
 */
export function checkState(reader: StateReader, options: CheckOptions): Promise<CheckReport> {
  return asStateError("check the state", async () => {
    const identity = await reader.identity(options);
    if (identity === undefined) return emptyReport();
    await verifyStorage(reader.storage, identity, options);
    // Blobs first: one that is written in between is then no orphan.
    const blobs = await Array.fromAsync(reader.storage.list(blobFolder(identity), options));
    const pointers = await reader.pointers(options);
    const report = { ...emptyReport(), stateId: identity.stateId };
    const versions = count(pointers, report);
    report.orphans = orphansAmong(blobs, pointers, NO_WRITER);
    await checkVersions(reader, { identity, blobs, versions, report }, options);
    report.problems.sort((one, other) =>
      one.name < other.name ? -1 : one.name > other.name ? 1 : 0
    );
    return report;
  });
}

function emptyReport(): CheckReport {
  return {
    stateId: null,
    entries: 0,
    versions: 0,
    bytes: 0,
    problems: [],
    orphans: [],
    unfinishedDeletions: [],
  };
}

function count(
  pointers: ReadonlyMap<string, DecodedPointer>,
  report: CheckReport,
): CheckedVersion[] {
  const versions: CheckedVersion[] = [];
  for (const [name, found] of pointers) {
    if (found.kind === "unreadable") {
      const detail = found.problem;
      report.problems.push({ name, version: null, kind: "unreadable-pointer", detail });
    } else if (found.pointer.isDeleted) report.unfinishedDeletions.push(name);
    else versions.push(...found.pointer.versions.map((record) => ({ name, record })));
  }
  report.entries = pointers.size - report.unfinishedDeletions.length;
  report.versions = versions.length;
  report.bytes = versions.reduce((sum, { record }) => sum + record.length, 0);
  return versions;
}

async function checkVersions(
  reader: StateReader,
  { identity, blobs, versions, report }: {
    identity: StateIdentity;
    blobs: readonly BlobInfo[];
    versions: readonly CheckedVersion[];
    report: CheckReport;
  },
  options: CheckOptions,
): Promise<void> {
  const lengths = new Map(blobs.map(({ name, length }) => [name, length]));
  const advance = tally(report.bytes, options.onProgress);
  await inParallel(versions, PARALLEL_READS, async (version) => {
    const { blob, length } = version.record;
    let left = length;
    const onPiece = (count: number) => {
      left -= count;
      advance(count);
    };
    const isRead = options.readContents || lengths.get(blob) !== length;
    const problem = isRead
      ? await problemOf(reader, identity, version, { ...options, onPiece })
      : undefined;
    if (problem !== undefined && await isCurrent(reader, version, options)) {
      report.problems.push(problem);
    }
    advance(left);
  });
}

function tally(total: number, onProgress: CheckOptions["onProgress"]): (count: number) => void {
  let done = 0;
  onProgress?.(done, total);
  return (count) => {
    done += count;
    onProgress?.(done, total);
  };
}

async function problemOf(
  { storage }: StateReader,
  identity: StateIdentity,
  { name, record }: CheckedVersion,
  options: { onPiece: (length: number) => void; signal: AbortSignal },
): Promise<CheckProblem | undefined> {
  const { version } = record;
  const problem = (kind: CheckProblem["kind"], detail: string) => ({ name, version, kind, detail });
  try {
    const content = storage.read(`${blobFolder(identity)}/${record.blob}`, options);
    await drain(verified(content, { name, expected: record }), options.onPiece);
    return undefined;
  } catch (error) {
    options.signal.throwIfAborted();
    if (isStorageError(error, "not-found")) return problem("missing-blob", "its blob is missing");
    if (isStorageError(error, "failed", "denied")) return problem("unreadable-blob", error.message);
    if (!(error instanceof DamagedContentError)) throw error;
    return problem(error.damage.kind, error.damage.detail);
  }
}

// A version that a leader has dropped has no blob any more, and needs none; our server may be the last
// to hear of it.
async function isCurrent(
  reader: StateReader,
  { name, record }: CheckedVersion,
  options: { signal: AbortSignal },
): Promise<boolean> {
  await reader.sync(options);
  const found = await reader.find(name, options);
  if (found.kind !== "pointer" || found.pointer.isDeleted) return false;
  return found.pointer.versions.some(({ blob }) => blob === record.blob);
}
