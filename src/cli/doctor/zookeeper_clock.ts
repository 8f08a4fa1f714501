import type { ClockFacts } from "../../daemon/doctor/facts.ts";
import type { Stamp } from "./node_reader.ts";

/**
 * What the times of nodes tell of the wall clock of ZooKeeper's leader: transactions are numbered in
 * their order, so a later one with an earlier time shows that the clock was set back. While masters
 * beat, the newest time is hardly older than their session timeout; undefined without any.
 */
export function clockOf(
  stamps: readonly Stamp[],
  { sessionTimeoutMs, isBeating, now = Date.now() }: {
    sessionTimeoutMs: number;
    isBeating: boolean;
    now?: number;
  },
): ClockFacts | undefined {
  const ordered = [...stamps].sort((one, other) => one.zxid < other.zxid ? -1 : 1);
  const newest = ordered.at(-1);
  if (newest === undefined) return undefined;
  let latestMs = -Infinity;
  let stepMs = 0;
  for (const { atMs } of ordered) {
    stepMs = Math.min(stepMs, atMs - latestMs);
    latestMs = Math.max(latestMs, atMs);
  }
  const ms = newest.atMs - now;
  // A time that is past may be an old one, a time that is to come cannot.
  const isTold = ms > 0 || isBeating;
  const offset = { ms, uncertaintyMs: ms > 0 ? 0 : sessionTimeoutMs };
  return { of: "ZooKeeper's leader", stepMs, ...(isTold ? { offset } : {}) };
}
