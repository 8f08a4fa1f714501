import {
  isZkError,
  joinPath,
  type NodeData,
  untilAnswered,
  ZkError,
  type ZooKeeper,
} from "zookeeper";
import { inParallel } from "../async/in_parallel.ts";
import { isEntryName } from "./entry.ts";
import type { StateLayout } from "./layout.ts";
import { type DecodedPointer, decodePointer, unreadable } from "./pointer.ts";

/** Nodes that are read with one request: as long as each may be, they stay below what a client takes. */
const BATCH_SIZE = 15;
/** Requests under way at once: enough to fill the connection, too few to starve the heartbeat on it. */
const PARALLEL_BATCHES = 8;
/** The same where each node takes a request of its own. */
const PARALLEL_READS = 100;

/** An entry's node as it was read. */
export type FoundPointer =
  | Extract<DecodedPointer, { kind: "pointer" }> & { nodeVersion: number }
  | Extract<DecodedPointer, { kind: "unreadable" }> & { nodeVersion?: number }
  | { kind: "none" };

/** The node of an entry; none if there is no such node. */
export async function readPointer(
  zk: ZooKeeper,
  path: string,
  options: { signal: AbortSignal },
): Promise<FoundPointer> {
  return toPointer(path, await readNode(zk, path, options));
}

/**
 * Every entry's node, in the order of names. Children whose names break the rule are unreadable
 * entries: nobody who writes state made them. Keeps all pointers in memory, some 1 KB for each.
 */
export async function readPointers(
  zk: ZooKeeper,
  { entries }: StateLayout,
  options: { signal: AbortSignal },
): Promise<Map<string, DecodedPointer>> {
  const names = await entryNames(zk, entries, options);
  const readable = names.filter(isEntryName);
  const found = await readAll(zk, readable.map((name) => joinPath(entries, name)), options);
  const pointers = new Map<string, DecodedPointer>();
  for (const name of names) {
    const pointer = found.get(joinPath(entries, name)) ?? FOREIGN_NAME;
    if (pointer.kind !== "none") pointers.set(name, pointer);
  }
  return pointers;
}

const FOREIGN_NAME = unreadable("its name breaks the rule for names, masterd did not make it");

async function entryNames(
  zk: ZooKeeper,
  path: string,
  options: { signal: AbortSignal },
): Promise<string[]> {
  try {
    const { children } = await untilAnswered(() => zk.getChildren(path, options), options);
    return [...children].sort();
  } catch (error) {
    if (isZkError(error, "NoNode")) return [];
    throw error;
  }
}

type ReadNode = NodeData | ZkError;

// Each node is looked into as it comes: those of no use may be large, and are not kept.
async function readAll(
  zk: ZooKeeper,
  paths: readonly string[],
  options: { signal: AbortSignal },
): Promise<Map<string, FoundPointer>> {
  const all = new Map<string, FoundPointer>();
  let mayBatch = true;
  const batches = Array.from(
    { length: Math.ceil(paths.length / BATCH_SIZE) },
    (_, index) => paths.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
  );
  await inParallel(batches, PARALLEL_BATCHES, async (batch) => {
    const nodes = mayBatch ? await readBatch(zk, batch, options) : undefined;
    mayBatch &&= nodes !== undefined;
    for (const [index, path] of batch.entries()) {
      if (nodes !== undefined) all.set(path, toPointer(path, nodes[index]!));
    }
  });
  const left = paths.filter((path) => !all.has(path));
  await inParallel(left, PARALLEL_READS, async (path) => {
    all.set(path, await readPointer(zk, path, options));
  });
  return all;
}

/** Undefined if the server cannot do it: ZooKeeper 3.5, or one whose nodes may be larger than usual. */
async function readBatch(
  zk: ZooKeeper,
  paths: readonly string[],
  options: { signal: AbortSignal },
): Promise<ReadNode[] | undefined> {
  try {
    return await untilAnswered(() => zk.multiRead(paths, options), options);
  } catch (error) {
    if (isZkError(error, "Unimplemented", "ResponseTooLarge")) return undefined;
    throw error;
  }
}

async function readNode(
  zk: ZooKeeper,
  path: string,
  options: { signal: AbortSignal },
): Promise<ReadNode> {
  try {
    return await untilAnswered(() => zk.getData(path, options), options);
  } catch (error) {
    if (error instanceof ZkError) return error;
    throw error;
  }
}

function toPointer(path: string, node: ReadNode): FoundPointer {
  if (!(node instanceof ZkError)) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return { ...decodePointer(name, node.data), nodeVersion: node.stat.version };
  }
  if (isZkError(node, "NoNode")) return { kind: "none" };
  // One node that somebody closed to us must not hide the others.
  if (isZkError(node, "NoAuth")) return unreadable("this master may not read it");
  throw node;
}
