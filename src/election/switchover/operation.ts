import {
  type Acl,
  isZkError,
  joinPath,
  type NodeData,
  parentPath,
  TransactionError,
  untilAnswered,
  type ZooKeeper,
} from "zookeeper";
import { withLimit } from "../../async/abortable.ts";
import { AnySignal } from "../../async/any_signal.ts";
import type { ElectionLayout } from "../layout.ts";
import type { LeaderInformation } from "../leadership.ts";
import { readLeader } from "../retrieval.ts";
import { readContenders } from "./contenders.ts";
import { decodeReady, decodeRequest, encodeRequest, type SwitchoverRequest } from "./documents.ts";
import { type SwitchoverEnd, switchoverEnd, SwitchoverObserver } from "./observer.ts";
import { type Planning, planSwitchover, type Refusal, type SwitchoverPlan } from "./plan.ts";

export interface SwitchoverOptions {
  layout: ElectionLayout;
  acl: readonly Acl[];
  /** How long the target has to lead. */
  timeoutMs: number;
  /** How long to wait, if it does not, until it is known who leads. */
  settling: SettlingLimits;
  signal: AbortSignal;
}

export interface SettlingLimits {
  /** Most time that a leader that has begun to hand over needs for it. */
  handoverMs: number;
  /** Most time until somebody leads. */
  leaderMs: number;
}

export type SwitchoverOutcome =
  | { kind: "refused"; refusal: Refusal }
  | {
    kind: "switched";
    leader: LeaderInformation;
    /** How long nobody could be found as the leader; undefined if that could not be measured. */
    gapMs: number | undefined;
    totalMs: number;
  }
  | {
    kind: "failed";
    why: FailureReason;
    /** Who leads now, if anybody does. */
    leader: LeaderInformation | undefined;
    totalMs: number;
  };

/** `not-ready`: the target has not even said that it could lead. */
export type FailureReason =
  | "not-ready"
  | "timeout"
  | Extract<SwitchoverEnd, { kind: "failed" }>["why"];

/** Removing the request may not take longer: the end of the session does it as well. */
const REMOVAL_LIMIT_MS = 2000;

/** Finds out whether leadership can go to a master, or to the first standby if none is named. */
export async function prepareSwitchover(
  zk: ZooKeeper,
  options: { layout: ElectionLayout; to: string | undefined; signal: AbortSignal },
): Promise<Planning> {
  const ignore = () => {};
  const [leader, queue] = await Promise.all([
    readLeader(zk, { ...options, watch: ignore, onCorrupt: ignore }),
    readContenders(zk, options.layout, { signal: options.signal }),
  ]);
  return planSwitchover({ leader, queue, to: options.to });
}

/**
 * Asks for a switchover and follows it to its end. The request is gone when this returns or throws.
 * @throws {ZkError} if the session ends
 */
export async function switchOver(
  zk: ZooKeeper,
  plan: SwitchoverPlan,
  options: SwitchoverOptions,
): Promise<SwitchoverOutcome> {
  const request: SwitchoverRequest = {
    id: crypto.randomUUID(),
    target: { participant: plan.target.participant, latchName: plan.target.name },
    from: plan.from.participant,
    timeoutMs: options.timeoutMs,
  };
  using observer = new SwitchoverObserver(zk, { ...options, plan, requestId: request.id });
  const startedAt = performance.now();
  let end: SwitchoverEnd | undefined;
  try {
    const refusal = await ask(zk, request, plan, options);
    if (refusal !== undefined) return { kind: "refused", refusal };
    end = await within(
      options.timeoutMs,
      options.signal,
      (signal) => observer.until((progress) => switchoverEnd(progress, plan), signal),
    );
  } finally {
    await removeRequest(zk, options.layout, request.id);
  }
  const leader = end?.kind === "switched" ? end.leader : await settled(observer, plan, options);
  const totalMs = performance.now() - startedAt;
  if (leader && switchoverEnd({ leader, isTargetThere: true }, plan)?.kind === "switched") {
    return { kind: "switched", leader, gapMs: observer.gapMs, totalMs };
  }
  const late = observer.wasReady ? "timeout" : "not-ready";
  return { kind: "failed", why: end?.kind === "failed" ? end.why : late, leader, totalMs };
}

/** Creates the request, if nothing has changed since it was planned; else says what is in the way. */
async function ask(
  zk: ZooKeeper,
  request: SwitchoverRequest,
  { from, target }: SwitchoverPlan,
  { layout, acl, signal }: SwitchoverOptions,
): Promise<Refusal | undefined> {
  const { request: path } = layout.switchover;
  await untilAnswered(() => zk.createPath(parentPath(path), { acl, signal }), { signal });
  try {
    await untilAnswered(() =>
      zk.multi([
        { kind: "check", path: joinPath(layout.latch, from.name) },
        { kind: "check", path: joinPath(layout.latch, target.name) },
        // Only what is not there can be created and deleted: the target would not lead while paused.
        { kind: "create", path: layout.pause, acl },
        { kind: "delete", path: layout.pause },
        { kind: "create", path, data: encodeRequest(request), mode: "ephemeral", acl },
      ], { signal }), { signal });
  } catch (error) {
    if (!(error instanceof TransactionError)) throw error;
    if (error.step.kind === "check") return { kind: "changing" };
    if (error.code !== "NodeExists") throw error;
    if (error.step.path === layout.pause) return { kind: "paused" };
    return await whatIsInTheWay(zk, path, request, signal);
  }
}

async function whatIsInTheWay(
  zk: ZooKeeper,
  path: string,
  own: SwitchoverRequest,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const node = await readNode(zk, path, signal);
  // The other switchover has just ended.
  if (node === undefined) return { kind: "changing" };
  const other = node.stat.ephemeralOwner === 0n ? undefined : decodeRequest(node.data);
  if (other === undefined) return { kind: "foreign-request", path };
  // Made by an attempt whose reply was lost.
  if (other.id === own.id) return undefined;
  return { kind: "under-way", target: other.target.participant };
}

/** Who leads after a switchover that failed; undefined if that does not become known in time. */
async function settled(
  observer: SwitchoverObserver,
  { leader: old }: SwitchoverPlan,
  { settling, signal }: SwitchoverOptions,
): Promise<LeaderInformation | undefined> {
  if (observer.wasReady) {
    // The old leader may be about to hand over, and is still to be found until it has.
    const isNew = (leader?: LeaderInformation) => leader?.leaderSessionId !== old.leaderSessionId;
    const next = await within(
      settling.handoverMs,
      signal,
      (limited) => observer.until(({ leader }) => isNew(leader) ? leader : undefined, limited),
    );
    if (next !== undefined) return next;
  }
  return await within(
    settling.leaderMs,
    signal,
    (limited) => observer.until(({ leader }) => leader, limited),
  );
}

/** What an act gives, or undefined if it takes longer than that. */
async function within<T>(
  limitMs: number,
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  using either = new AnySignal([signal, limit.signal]);
  try {
    return await act(either.signal);
  } catch (error) {
    if (error !== limit.signal.reason) throw error;
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

// Nothing is lost if it fails: the session ends next.
async function removeRequest(zk: ZooKeeper, layout: ElectionLayout, id: string): Promise<void> {
  const { request, ready } = layout.switchover;
  await withLimit(async (signal) => {
    await untilAnswered(async () => {
      const asked = await readNode(zk, request, signal);
      if (asked && decodeRequest(asked.data)?.id === id) await zk.delete(request, { signal });
      const confirmed = await readNode(zk, ready, signal);
      if (confirmed && decodeReady(confirmed.data) === id) await zk.delete(ready, { signal });
    }, { signal });
  }, { act: "Removing the request", timeoutMs: REMOVAL_LIMIT_MS }).catch(() => {});
}

async function readNode(
  zk: ZooKeeper,
  path: string,
  signal: AbortSignal,
): Promise<NodeData | undefined> {
  try {
    return await zk.getData(path, { signal });
  } catch (error) {
    if (!isZkError(error, "NoNode")) throw error;
  }
}
