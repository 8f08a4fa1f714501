import {
  type NodeData,
  readWatched,
  untilAnswered,
  WakeUp,
  type Watcher,
  type ZooKeeper,
} from "zookeeper";
import type { Logger } from "../log/logger.ts";
import { parseObject } from "./json_document.ts";

/** Failovers are paused: who leads leads on, and nobody takes over. */
export interface Pause {
  /** For people; nothing is decided by it. */
  since: string;
  /** Who asked for it, `user@host`. */
  by: string;
  reason: string | null;
}

/** The version of the document. */
const FORMAT = 1;
/** Whoever may write the node may write a book into it. */
const MAX_TEXT = 300;

/** The JSON document of a pause; `id` tells the one who asked that the node is its own. */
export function encodePause(pause: Pause & { id: string }): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ format: FORMAT, ...pause }));
}

/**
 * What a node says of its pause. It pauses by being there, whatever it holds: what cannot be read is
 * told as far as ZooKeeper itself knows it.
 */
export function decodePause({ data, stat }: NodeData): Pause & { id: string | undefined } {
  const { format, id, since, by, reason } = parseObject(data);
  const isOwn = format === FORMAT;
  return {
    id: isOwn ? textOf(id) : undefined,
    since: isOwn && textOf(since) || new Date(Number(stat.ctime)).toISOString(),
    by: isOwn && textOf(by) || "unknown",
    reason: isOwn && textOf(reason) || null,
  };
}

/** The pause, if there is one, with a watch on its beginning and its end. */
export async function readPause(
  zk: ZooKeeper,
  path: string,
  options: { watch: Watcher; signal: AbortSignal },
): Promise<Pause & { id: string | undefined } | undefined> {
  const node = await readWatched(zk, path, options);
  return node && decodePause(node);
}

/**
 * Waits while failovers are paused. Only an answer that the node is not there counts: as long as there
 * is none, as without a connection, they may be.
 * @throws {ZkError} if the session is over, or ZooKeeper does not tell
 */
export async function untilResumed(
  zk: ZooKeeper,
  { path, logger, signal }: { path: string; logger: Logger; signal: AbortSignal },
): Promise<void> {
  using wakeUp = new WakeUp(zk);
  let isReported = false;
  while (true) {
    wakeUp.reset();
    if (!await isPaused(zk, path, { signal })) return;
    if (!isReported) logger.warn("would lead now, but failovers are paused", { path });
    isReported = true;
    if (await isPaused(zk, path, { watch: wakeUp.wake, signal })) await wakeUp.next(signal);
  }
}

/**
 * By the existence alone: a content that may not be read pauses all the same. A watch is asked for only
 * where there is a pause, as it would stay with the server where there is none.
 */
async function isPaused(
  zk: ZooKeeper,
  path: string,
  options: { watch?: Watcher; signal: AbortSignal },
): Promise<boolean> {
  return await untilAnswered(() => zk.exists(path, options), options) !== undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, MAX_TEXT) : undefined;
}
