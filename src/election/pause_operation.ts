import {
  type Acl,
  isZkError,
  joinPath,
  parentPath,
  TransactionError,
  type TransactionStep,
  untilAnswered,
  WakeUp,
  type Watcher,
  type ZooKeeper,
} from "zookeeper";
import { withLimit } from "../async/abortable.ts";
import type { ElectionLayout } from "./layout.ts";
import type { LeaderInformation } from "./leadership.ts";
import { encodePause, type Pause, readPause } from "./pause.ts";
import { readLeader } from "./retrieval.ts";
import { type Contender, readContenders } from "./switchover/contenders.ts";

export interface PauseOptions {
  layout: ElectionLayout;
  acl: readonly Acl[];
  /** True: also if nobody leads. */
  isForced: boolean;
  /** How long to wait for a leader, and for the end of a switchover. */
  timeoutMs: number;
  signal: AbortSignal;
}

export type PauseOutcome =
  /** `isNew` is false if they were paused before. */
  | { kind: "paused"; pause: Pause; isNew: boolean; leader: LeaderInformation | undefined }
  /** Nothing was changed. */
  | { kind: "no-leader" | "switchover" };

/** What keeps failovers from being paused just now. */
type Obstacle = "no-leader" | "switchover" | "changed";

/**
 * Pauses failovers while somebody leads: a failover or a switchover that is under way is first
 * waited for, since a pause in the middle of one would leave nobody to lead.
 */
export async function pauseFailovers(
  zk: ZooKeeper,
  pause: Pause,
  options: PauseOptions,
): Promise<PauseOutcome> {
  const { timeoutMs, signal } = options;
  const met: { last: Obstacle } = { last: "no-leader" };
  const attempts = (limited: AbortSignal) =>
    untilPaused(zk, { ...pause, id: crypto.randomUUID() }, { ...options, signal: limited, met });
  try {
    return await withLimit(attempts, { act: "Pausing", timeoutMs, signal });
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    if (!isLate || signal.aborted) throw error;
    return { kind: met.last === "switchover" ? "switchover" : "no-leader" };
  }
}

async function untilPaused(
  zk: ZooKeeper,
  own: Pause & { id: string },
  options: PauseOptions & { met: { last: Obstacle } },
): Promise<PauseOutcome> {
  const { layout, isForced, met, signal } = options;
  await createParents(zk, layout, options);
  using wakeUp = new WakeUp(zk);
  while (true) {
    wakeUp.reset();
    const look = await lookAt(zk, layout, { watch: wakeUp.wake, signal });
    const { pause, leader } = look;
    if (pause !== undefined) return { kind: "paused", pause, isNew: pause.id === own.id, leader };
    const place = isForced ? "anybody" : actingContender(look);
    met.last = place === undefined ? "no-leader" : await attempt(zk, own, { ...options, place });
    if (met.last !== "changed") await wakeUp.next(signal);
  }
}

/** Ends a pause; gives the one that ended, or undefined if there was none. */
export async function resumeFailovers(
  zk: ZooKeeper,
  { layout: { pause: path }, signal }: { layout: ElectionLayout; signal: AbortSignal },
): Promise<Pause | undefined> {
  const pause = await untilAnswered(async () => {
    await zk.sync(path, { signal });
    return await readPause(zk, path, { watch: () => {}, signal });
  }, { signal });
  if (pause === undefined) return undefined;
  await untilAnswered(() => zk.delete(path, { signal }), { signal }).catch((error) => {
    // By an attempt whose answer was lost, or by another: it is gone either way.
    if (!isZkError(error, "NoNode")) throw error;
  });
  return pause;
}

interface Look {
  pause: Pause & { id: string | undefined } | undefined;
  leader: LeaderInformation | undefined;
  /** The session that has published it. */
  publisher: bigint | undefined;
  queue: readonly Contender[];
}

async function lookAt(
  zk: ZooKeeper,
  layout: ElectionLayout,
  options: { watch: Watcher; signal: AbortSignal },
): Promise<Look> {
  return await untilAnswered(async () => {
    // The server of this session may lag behind what others wrote.
    await zk.sync(layout.latch, options);
    const [pause, leader, information, queue] = await Promise.all([
      readPause(zk, layout.pause, options),
      readLeader(zk, { ...options, layout, onCorrupt: () => {} }),
      zk.exists(layout.connectionInfo, options),
      readContenders(zk, layout, options),
      zk.exists(layout.switchover.request, options),
    ]);
    return { pause, leader, publisher: information?.ephemeralOwner, queue };
  }, options);
}

/**
 * The first of the queue, if it is the one that is published: then no failover is under way. A leader
 * without details is no masterd, or one that was published while this was read: its session tells.
 */
function actingContender({ leader, publisher, queue: [first] }: Look): Contender | undefined {
  if (leader === undefined || first === undefined) return undefined;
  const { details } = leader;
  const isIts = details === undefined ? publisher === first.owner : details.epoch === first.czxid;
  return isIts ? first : undefined;
}

/**
 * Creates the node if the leader's place and what it published are still there, which it withdraws
 * together; and if nobody asks for a switchover, which the creation and deletion of its request tells:
 * a transaction knows no check for what is not there.
 */
async function attempt(
  zk: ZooKeeper,
  own: Pause & { id: string },
  { place, layout, acl, signal }: PauseOptions & { place: Contender | "anybody" },
): Promise<Obstacle> {
  const { request } = layout.switchover;
  const data = encodePause(own);
  const check: TransactionStep[] = place === "anybody"
    ? []
    : [joinPath(layout.latch, place.name), layout.connectionInfo]
      .map((path) => ({ kind: "check", path }));
  try {
    await zk.multi([
      ...check,
      { kind: "create", path: request, acl },
      { kind: "delete", path: request },
      { kind: "create", path: layout.pause, data, acl },
    ], { signal });
    return "changed";
  } catch (error) {
    // The outcome is unknown: the next look tells it.
    if (isZkError(error, "ConnectionLoss")) return "changed";
    if (!(error instanceof TransactionError)) throw error;
    if (error.code === "NodeExists" && error.step.path === request) return "switchover";
    if (error.code === "NodeExists" || error.step.kind === "check") return "changed";
    throw error;
  }
}

async function createParents(
  zk: ZooKeeper,
  { pause, switchover }: ElectionLayout,
  options: { acl: readonly Acl[]; signal: AbortSignal },
): Promise<void> {
  for (const path of [parentPath(pause), parentPath(switchover.request)]) {
    await untilAnswered(() => zk.createPath(path, options), options);
  }
}
