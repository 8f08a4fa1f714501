import type { Reign } from "./chronicle.ts";
import type { Cluster } from "./cluster.ts";

/** What one run of a fault gave. */
export interface Outcome {
  /** From the fault until the next command was at work; absent where nothing was to move. */
  takeoverMs?: number;
  /** For how long nobody was at work. */
  idleMs?: number;
  /** The longest time that two were at work at once; absent if that never happened. */
  overlapMs?: number;
  /** How often leadership changed, and how often a command was told to stop. */
  changes: number;
  stops: number;
  /** What should not have been. */
  failures: readonly string[];
}

/** Looks at all that happened in a cluster since it was started anew. */
export function judge(cluster: Cluster, options: { mayOverlap?: boolean } = {}): Outcome {
  const { chronicle, staleAnswers } = cluster;
  const { overlaps, reigns, lives } = chronicle;
  const failures = (options.mayOverlap ? [] : overlaps).map(({ first, second, lengthMs }) =>
    `epochs ${first.epoch} (pid ${first.pid}) and ${second.epoch} (pid ${second.pid}) ` +
    `were at work at once for ${lengthMs.toFixed(1)} ms`
  );
  const [stale] = staleAnswers;
  if (stale) {
    const asked = stale.askedMs.toFixed(1);
    failures.push(
      `${stale.master} said at ${asked} that it leads with epoch ${stale.epoch}, ` +
        `and ${staleAnswers.length - 1} more times after another did`,
    );
  }
  const longest = Math.max(...overlaps.map(({ lengthMs }) => lengthMs));
  return {
    overlapMs: overlaps.length > 0 ? longest : undefined,
    changes: reigns.length - 1,
    stops: lives.filter(({ termMs }) => termMs !== undefined).length,
    failures,
  };
}

/** The outcome of a fault that takes leadership from one reign and gives it to the next. */
export function judgeHandover(
  cluster: Cluster,
  facts: { beganMs: number; epoch: bigint; next: Reign; mayOverlap?: boolean },
): Outcome {
  const outcome = judge(cluster, facts);
  const before = cluster.chronicle.reigns.find(({ epoch }) => epoch === facts.epoch);
  const takeoverMs = facts.next.firstMs - facts.beganMs;
  return { ...outcome, takeoverMs, idleMs: before && facts.next.firstMs - before.lastMs };
}

/** The outcome of a fault that must move nothing. */
export function judgeHold(cluster: Cluster): Outcome {
  const outcome = judge(cluster);
  const { changes, stops } = outcome;
  const starts = cluster.chronicle.reigns.reduce((sum, reign) => sum + reign.starts, 0);
  const isMoved = changes > 0 || stops > 0 || starts > 0;
  const moved = `leadership changed ${changes} times, the command was stopped ${stops} times ` +
    `and started ${starts} times`;
  return isMoved ? { ...outcome, failures: [...outcome.failures, moved] } : outcome;
}
