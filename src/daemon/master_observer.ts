import { aborted } from "../async/abortable.ts";
import type { LatestValue } from "../async/latest_value.ts";
import { runTogether } from "../async/run_together.ts";
import type { LeaderInformation, Leadership } from "../election/leadership.ts";
import type { Logger } from "../log/logger.ts";
import type { WorkloadState } from "../workload/workload_state.ts";
import type { WorkEnd } from "./election_loop.ts";
import type { ConnectionState, SessionSource } from "./high_availability/services.ts";
import type { WorkerChange } from "./worker_registry.ts";

/** Hears of what a master does, as it happens. */
export interface MasterObserver {
  /** Leadership is won; its work begins. */
  won?(leadership: Leadership): void;
  /** The master leads, and others can find it. */
  found(leadership: Leadership): void;
  /** The work of a leadership has ended; the leadership is given back next, if it is not lost. */
  worked?(leadership: Leadership, end: WorkEnd): void;
  /** The role may be another one. */
  moved?(): void;
  workerChanged?(change: WorkerChange): void;
  /** Follows what the master sees, until the signal aborts. */
  follow(values: FollowedValues, signal: AbortSignal): Promise<void>;
}

export interface FollowedValues {
  /** The leader that others see. */
  leader: LatestValue<LeaderInformation | undefined>;
  connection: LatestValue<ConnectionState>;
  /** Absent where ZooKeeper is not used. */
  zookeeper?: SessionSource;
  /** What the leader's command does, where one is configured. */
  command?: LatestValue<WorkloadState>;
}

/**
 * Several observers as one that never fails: what goes wrong in one of them is logged, and is no reason to
 * end a leadership.
 */
export function observeTogether(
  observers: readonly MasterObserver[],
  logger: Logger,
): MasterObserver {
  const failed = (error: unknown) =>
    logger.error("what this master does cannot be told", { error: error as Error });
  const tell = (call: (observer: MasterObserver) => void) => {
    for (const observer of observers) {
      try {
        call(observer);
      } catch (error) {
        failed(error);
      }
    }
  };
  const follow = async (
    observer: MasterObserver,
    values: FollowedValues,
    signal: AbortSignal,
  ): Promise<void> => {
    try {
      await observer.follow(values, signal);
    } catch (error) {
      if (!signal.aborted) failed(error);
    }
    await aborted(signal);
  };
  return {
    won: (leadership) => tell((observer) => observer.won?.(leadership)),
    found: (leadership) => tell((observer) => observer.found(leadership)),
    worked: (leadership, end) => tell((observer) => observer.worked?.(leadership, end)),
    moved: () => tell((observer) => observer.moved?.()),
    workerChanged: (change) => tell((observer) => observer.workerChanged?.(change)),
    follow: (values, signal) =>
      runTogether(
        observers.map((observer) => (signal: AbortSignal) => follow(observer, values, signal)),
        signal,
      ),
  };
}
