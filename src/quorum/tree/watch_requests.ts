import type { ValueOf } from "../../zookeeper/wire/codec.ts";
import { AddWatchMode, ErrorCode, EventType, OpCode } from "../../zookeeper/wire/constants.ts";
import type * as records from "../../zookeeper/wire/records.ts";
import type { Reply } from "./requests.ts";
import type { Tree } from "./tree.ts";
import { Watch, type Watcher, type Watches, WATCHES_OF_TYPE, type WatchEvent } from "./watches.ts";

/** Where, and on behalf of which connection watches are asked for; `zxid` is that of the newest state. */
export interface WatchContext {
  readonly tree: Tree;
  readonly watches: Watches;
  readonly watcher: Watcher;
  readonly zxid: bigint;
}

type SetWatches = ValueOf<typeof records.setWatchesRequest>;
type SetWatches2 = ValueOf<typeof records.setWatches2Request>;
type WatchHandler = (body: never, context: WatchContext) => Reply & { events?: WatchEvent[] };

const DONE: Reply = { error: 0 };
const NO_WATCHER: Reply = { error: ErrorCode.NoWatcher };
// What ZooKeeper answers to a number that it does not know.
const UNKNOWN_TYPE: Reply = { error: ErrorCode.MarshallingError };

const WATCHES_OF_MODE: ReadonlyMap<number, number> = new Map([
  [AddWatchMode.persistent, Watch.persistentData | Watch.persistentChildren],
  [AddWatchMode.persistentRecursive, Watch.recursive],
]);

/** How each operation on watches is answered. */
export const WATCH_HANDLERS: ReadonlyMap<number, WatchHandler> = new Map<number, WatchHandler>([
  [OpCode.setWatches, setWatches],
  [OpCode.setWatches2, setWatches2],
  [OpCode.addWatch, addWatch],
  [OpCode.checkWatches, checkWatches],
  [OpCode.removeWatches, removeWatches],
]);

/**
 * After a reconnection: a watch whose event happened since `relativeZxid` is told now, the others
 * wait again. A node that was deleted and made again meanwhile counts as changed.
 */
function setWatches(
  { relativeZxid, data, exist, child }: SetWatches,
  context: WatchContext,
): Reply & { events: WatchEvent[] } {
  const { tree, watches, watcher, zxid } = context;
  const events: WatchEvent[] = [];
  const rearm = (path: string, watch: number, type: number | undefined) => {
    if (type === undefined) watches.add(path, watcher, watch);
    else events.push({ watcher, type, path, zxid });
  };
  for (const path of data) {
    const node = tree.find(path);
    const isChanged = node !== undefined && node.mzxid > relativeZxid;
    rearm(path, Watch.data, missed(node, isChanged, EventType.dataChanged));
  }
  for (const path of exist) {
    rearm(path, Watch.data, tree.find(path) && EventType.created);
  }
  for (const path of child) {
    const node = tree.find(path);
    const isChanged = node !== undefined && node.pzxid > relativeZxid;
    rearm(path, Watch.children, missed(node, isChanged, EventType.childrenChanged));
  }
  return { error: 0, events };
}

/** Persistent watches are only set again: their events of the meantime are lost, as in ZooKeeper. */
function setWatches2(request: SetWatches2, context: WatchContext): Reply {
  const { watches, watcher } = context;
  const reply = setWatches(request, context);
  for (const path of request.persistent) {
    watches.add(path, watcher, WATCHES_OF_MODE.get(AddWatchMode.persistent)!);
  }
  for (const path of request.persistentRecursive) watches.add(path, watcher, Watch.recursive);
  return reply;
}

function missed(node: unknown, isChanged: boolean, change: number): number | undefined {
  if (node === undefined) return EventType.deleted;
  return isChanged ? change : undefined;
}

function addWatch(
  { path, mode }: ValueOf<typeof records.addWatchRequest>,
  { watches, watcher }: WatchContext,
): Reply {
  const kinds = WATCHES_OF_MODE.get(mode);
  if (kinds === undefined) return UNKNOWN_TYPE;
  watches.add(path, watcher, kinds);
  return { error: 0, body: { error: 0 } };
}

function checkWatches(
  { path, type }: ValueOf<typeof records.watchesRequest>,
  { watches, watcher }: WatchContext,
): Reply {
  const kinds = WATCHES_OF_TYPE.get(type);
  if (kinds === undefined) return UNKNOWN_TYPE;
  return watches.has(path, watcher, kinds) ? DONE : NO_WATCHER;
}

function removeWatches(
  { path, type }: ValueOf<typeof records.watchesRequest>,
  { watches, watcher }: WatchContext,
): Reply {
  const kinds = WATCHES_OF_TYPE.get(type);
  if (kinds === undefined) return UNKNOWN_TYPE;
  return watches.remove(path, watcher, kinds) ? DONE : NO_WATCHER;
}
