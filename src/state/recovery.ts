import { inParallel } from "../async/in_parallel.ts";
import type { BrokenEntry } from "./entry.ts";
import { isStorageError } from "../storage/errors.ts";
import { isStateError } from "./errors.ts";
import { blobFolder, type StateIdentity, verifyStorage } from "./identity.ts";
import type { VersionRecord } from "./pointer.ts";
import type { StateReader } from "./state_reader.ts";
import { drain } from "./verified_content.ts";

/** Contents that are read at once. */
const PARALLEL_READS = 8;

export interface RecoverOptions {
  /** Entries that are read to their end; of the others it is enough that the blob is there, and as long as it should be. */
  required: readonly string[];
  signal: AbortSignal;
}

/** What a new leader found. */
export interface Recovery {
  /** How many entries there are, broken ones included. */
  entries: number;
  broken: BrokenEntry[];
  /** Required entries that nobody ever wrote, or that were deleted. */
  missing: string[];
}

/**
 * Looks at every entry of a state; one that is broken does not keep the others from being looked at.
 * @throws {StateError} `wrong-storage`; {StorageError} | {ZkError} if it cannot be told how things stand
 */
export async function recover(
  reader: StateReader,
  identity: StateIdentity | undefined,
  options: RecoverOptions,
): Promise<Recovery> {
  const { required } = options;
  if (identity === undefined) return { entries: 0, broken: [], missing: [...required] };
  await verifyStorage(reader.storage, identity, options);
  const broken: BrokenEntry[] = [];
  const newest = new Map<string, VersionRecord>();
  for (const [name, found] of await reader.pointers(options)) {
    if (found.kind === "unreadable") broken.push({ name, problem: found.problem });
    else if (!found.pointer.isDeleted) newest.set(name, found.pointer.versions[0]);
  }
  const suspects = await namesToRead(reader, identity, newest, options);
  await inParallel(suspects, PARALLEL_READS, async (name) => {
    const problem = await problemOf(reader, name, options);
    if (problem !== undefined) broken.push({ name, problem });
  });
  const known = new Set([...newest.keys(), ...broken.map(({ name }) => name)]);
  const missing = required.filter((name) => !known.has(name));
  broken.sort((one, other) => one.name < other.name ? -1 : 1);
  return { entries: known.size, broken, missing };
}

/**
 * What is wrong with the newest version of an entry, which is read to its end; undefined if nothing is,
 * also if the entry is gone meanwhile.
 */
export async function problemOf(
  reader: StateReader,
  name: string,
  options: { signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { content } = await reader.get(name, options);
    await drain(content);
    return undefined;
  } catch (error) {
    if (isStateError(error, "not-found")) return undefined;
    // A blob that only this one can be read no more, not a storage that cannot be asked.
    const isUnreadable = isStateError(error, "storage") &&
      isStorageError(error.cause, "failed", "denied");
    if (isUnreadable || isStateError(error, "broken")) return error.message;
    throw error;
  }
}

async function namesToRead(
  reader: StateReader,
  identity: StateIdentity,
  newest: ReadonlyMap<string, VersionRecord>,
  { required, signal }: RecoverOptions,
): Promise<string[]> {
  const lengths = new Map<string, number>();
  for await (const { name, length } of reader.storage.list(blobFolder(identity), { signal })) {
    lengths.set(name, length);
  }
  return [...newest].filter(([name, { blob, length }]) =>
    required.includes(name) || lengths.get(blob) !== length
  ).map(([name]) => name);
}
