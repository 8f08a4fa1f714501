import { inParallel } from "../async/in_parallel.ts";
import type { BlobInfo } from "../storage/storage.ts";
import type { BlobLedger, LedgerMark } from "./blob_ledger.ts";
import { parseBlobName } from "./blob_name.ts";
import { type Fence, writeFenced } from "./fence.ts";
import type { StateHome } from "./home.ts";
import { blobFolder, type StateIdentity } from "./identity.ts";
import type { DecodedPointer, Pointer } from "./pointer.ts";
import type { StateReader } from "./state_reader.ts";

/** Deletions under way at once. */
const PARALLEL_DELETIONS = 8;

export interface CollectOptions {
  /** How long a blob must have been without a pointer, in the sight of this leader, in milliseconds. */
  graceMs: number;
  /** True: only says what would be done. */
  isDryRun: boolean;
  signal: AbortSignal;
}

/** What a collection did, or would do. */
export interface Collection {
  /** Blobs that were deleted. */
  removed: BlobInfo[];
  /** Blobs without a pointer whose grace is not over. */
  waiting: BlobInfo[];
  /** Entries whose deletion was begun by somebody who did not end it. */
  finishedDeletions: string[];
}

export interface CollectorOptions {
  reader: StateReader;
  home: StateHome;
  fence: Fence;
  ledger: BlobLedger;
  finishDeletion: (name: string, pointer: Pointer, identity: StateIdentity) => Promise<void>;
  /** A monotonic clock in milliseconds. */
  now: () => number;
}

/**
 * Finds and deletes blobs that no pointer leads to. The order is the argument: blobs are listed, then
 * pointers are read, then a write proves leadership. A blob of an earlier leader without a pointer by
 * then never gets one, since that leader's writes are refused from here on; our own that may yet get
 * one the ledger knows. Dates of files and wall clocks decide nothing: the grace counts from when this
 * leader first saw the blob without a pointer.
 */
export class Collector {
  readonly #options: CollectorOptions;
  #firstSeen: ReadonlyMap<string, number> = new Map();

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** @throws {StateError} | {StorageError} | {ZkError}; what was deleted by then stays deleted */
  async collect(options: CollectOptions): Promise<Collection> {
    const { home, reader, fence, ledger } = this.#options;
    const identity = await home.find(options);
    if (identity === undefined) return { removed: [], waiting: [], finishedDeletions: [] };
    await home.verify(identity, options);
    const mark = ledger.mark();
    const blobs = await Array.fromAsync(reader.storage.list(blobFolder(identity), options));
    const pointers = await reader.pointers(options);
    await writeFenced(reader.zk, fence, []);
    const { due, waiting } = this.#sort(orphansAmong(blobs, pointers, mark), options.graceMs);
    const [deletion, finished] = await Promise.allSettled([
      options.isDryRun ? undefined : this.#clean(due, identity, options),
      this.#finishDeletions(pointers, identity, options),
    ]);
    if (deletion.status === "rejected") throw deletion.reason;
    if (finished.status === "rejected") throw finished.reason;
    return { removed: due, waiting, finishedDeletions: finished.value };
  }

  #sort(
    orphans: readonly BlobInfo[],
    graceMs: number,
  ): { due: BlobInfo[]; waiting: BlobInfo[] } {
    const now = this.#options.now();
    this.#firstSeen = new Map(
      orphans.map(({ name }) => [name, this.#firstSeen.get(name) ?? now]),
    );
    const isDue = ({ name }: BlobInfo) => now - this.#firstSeen.get(name)! >= graceMs;
    return { due: orphans.filter(isDue), waiting: orphans.filter((orphan) => !isDue(orphan)) };
  }

  async #clean(
    blobs: readonly BlobInfo[],
    identity: StateIdentity,
    { signal }: CollectOptions,
  ): Promise<void> {
    const { storage } = this.#options.reader;
    await eachInParallel(blobs, async ({ name }) => {
      signal.throwIfAborted();
      await storage.delete(`${blobFolder(identity)}/${name}`, { signal });
    });
    await storage.removeUnfinished(blobFolder(identity), { signal });
  }

  async #finishDeletions(
    pointers: ReadonlyMap<string, DecodedPointer>,
    identity: StateIdentity,
    { isDryRun, signal }: CollectOptions,
  ): Promise<string[]> {
    const unfinished = [...pointers].flatMap(([name, found]) =>
      found.kind === "pointer" && found.pointer.isDeleted ? [{ name, pointer: found.pointer }] : []
    );
    if (!isDryRun) {
      await eachInParallel(unfinished, async ({ name, pointer }) => {
        signal.throwIfAborted();
        await this.#options.finishDeletion(name, pointer, identity);
      });
    }
    return unfinished.map(({ name }) => name);
  }
}

/** Tries every one: what cannot be deleted must not keep the rest. Throws the first failure in the end. */
async function eachInParallel<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  await inParallel(items, PARALLEL_DELETIONS, async (item) => {
    await act(item).catch((error) => failures.push(error));
  });
  if (failures.length > 0) throw failures[0];
}

/**
 * The blobs that no pointer leads to and none ever will. Those of an entry whose pointer cannot be read
 * are left alone: it may lead to them.
 */
export function orphansAmong(
  blobs: readonly BlobInfo[],
  pointers: ReadonlyMap<string, DecodedPointer>,
  mark: LedgerMark,
): BlobInfo[] {
  const used = blobsIn(pointers);
  return blobs.filter(({ name }) => {
    const label = parseBlobName(name);
    if (label === undefined || used.has(name) || mark.mayBeUnderWay(name)) return false;
    return pointers.get(label.entry)?.kind !== "unreadable";
  });
}

/** Every blob that a pointer leads to. */
export function blobsIn(pointers: ReadonlyMap<string, DecodedPointer>): Set<string> {
  const used = new Set<string>();
  for (const found of pointers.values()) {
    if (found.kind === "unreadable") continue;
    for (const { blob } of found.pointer.versions) used.add(blob);
  }
  return used;
}
