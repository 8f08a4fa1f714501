import { isZkError, untilAnswered, type ZooKeeper } from "zookeeper";
import { isStorageError } from "../storage/errors.ts";
import type { Bytes, Storage } from "../storage/storage.ts";
import { StateError } from "./errors.ts";
import { parseJsonObject } from "./json.ts";
import type { StateLayout } from "./layout.ts";

/** Which folder of the storage holds the blobs of this cluster; written once, with the first entry. */
export interface StateIdentity {
  /** 32 hexadecimal digits. */
  stateId: string;
  /** The storage as it was called then: for messages only, the same place may have other names. */
  url: string;
}

const FORMAT = 1;
const MAX_MARKER_BYTES = 4096;

/**
 * What ZooKeeper says of the state; undefined if nothing was ever written.
 * @throws {StateError} `broken` if there are entries, and nothing says where their blobs lie
 */
export async function readIdentity(
  zk: ZooKeeper,
  { root, entries }: StateLayout,
  options: { signal: AbortSignal },
): Promise<StateIdentity | undefined> {
  const data = await readRoot(zk, root, options);
  if (data === undefined) return undefined;
  if (data.length > 0) return decodeIdentity(data, root);
  const stat = await untilAnswered(() => zk.exists(entries, options), options);
  // Somebody made the node as the parent of another.
  if (stat === undefined || stat.numChildren === 0) return undefined;
  const later = await readRoot(zk, root, options);
  if (later !== undefined && later.length > 0) return decodeIdentity(later, root);
  // A new identity would make all of them dangle.
  throw new StateError(
    "broken",
    `The state cannot be used: ${root} in ZooKeeper holds ${stat.numChildren} entries, but does not ` +
      "say any more in which folder of the storage their contents lie",
  );
}

/** The identity of a cluster that has no state yet. */
export function newIdentity(storage: Storage): StateIdentity {
  return { stateId: crypto.randomUUID().replaceAll("-", ""), url: storage.url };
}

/** The JSON document of the node and of the marker. */
export function encodeIdentity(identity: StateIdentity): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ format: FORMAT, ...identity }));
}

/** Where the blobs of a state lie. */
export function blobFolder({ stateId }: StateIdentity): string {
  return `state-${stateId}`;
}

/** The blob that a storage is known by. */
export function markerName(identity: StateIdentity): string {
  return `${blobFolder(identity)}/marker`;
}

/**
 * Makes sure that the storage is the one that holds this cluster's blobs: a folder that is not shared,
 * a mount that is missing or the directory of another cluster look like an empty one.
 * @throws {StateError} `wrong-storage`; `broken` if what it is known by is damaged
 * @throws {StorageError}
 */
export async function verifyStorage(
  storage: Storage,
  identity: StateIdentity,
  options: { signal: AbortSignal },
): Promise<void> {
  const found = await readMarker(storage, identity, options);
  if (found === identity.stateId) return;
  if (found === "damaged") {
    const content = new TextDecoder().decode(encodeIdentity(identity));
    const problem = `${
      markerName(identity)
    } in ${storage.url} is damaged; it should hold ${content}`;
    throw new StateError("broken", `The state cannot be used: ${problem}`);
  }
  const place = identity.url === storage.url
    ? `${storage.url} is not the directory that this cluster's state was written to: is it shared by ` +
      "all masters, and mounted here?"
    : `this cluster's state lies in ${identity.url}, and this master is configured with ` +
      `${storage.url}: high-availability.storageDir must lead all masters to the same directory`;
  throw new StateError("wrong-storage", `The state cannot be used: ${place}`);
}

async function readRoot(
  zk: ZooKeeper,
  path: string,
  options: { signal: AbortSignal },
): Promise<Uint8Array | undefined> {
  try {
    return (await untilAnswered(() => zk.getData(path, options), options)).data;
  } catch (error) {
    if (isZkError(error, "NoNode")) return undefined;
    throw error;
  }
}

function decodeIdentity(data: Uint8Array, path: string): StateIdentity {
  const { format, stateId, url } = parseJsonObject(data) ?? {};
  if (format !== FORMAT || typeof stateId !== "string" || !/^[0-9a-f]{32}$/.test(stateId)) {
    throw new StateError(
      "broken",
      `The state cannot be used: ${path} in ZooKeeper was written by another program, or by another ` +
        "version of masterd",
    );
  }
  return { stateId, url: typeof url === "string" ? url : "another directory" };
}

async function readMarker(
  storage: Storage,
  identity: StateIdentity,
  options: { signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const bytes = await collectBytes(storage.read(markerName(identity), options));
    const stateId = parseJsonObject(bytes)?.stateId;
    return typeof stateId === "string" ? stateId : "damaged";
  } catch (error) {
    if (isStorageError(error, "not-found", "misconfigured")) return undefined;
    throw error;
  }
}

async function collectBytes(content: Bytes): Promise<Uint8Array> {
  const collected: number[] = [];
  for await (const piece of content) {
    collected.push(...piece.subarray(0, MAX_MARKER_BYTES));
    if (collected.length >= MAX_MARKER_BYTES) break;
  }
  return Uint8Array.from(collected);
}
