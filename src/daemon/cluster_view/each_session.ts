import { isFinal, type ZooKeeper } from "zookeeper";
import { backoff } from "../../async/backoff.ts";
import { delay } from "../../async/delay.ts";
import { describeError, type Logger } from "../../log/logger.ts";
import type { SessionSource } from "../high_availability/services.ts";

export interface EachSessionOptions {
  source: SessionSource;
  /** Goes on until the signal aborts, or throws. */
  follow: (zk: ZooKeeper, signal: AbortSignal) => Promise<void>;
  /** What is said of a failure, once as long as it is the same. */
  failure: string;
  logger: Logger;
  /** Pauses after failures. */
  pauses?: { initialMs: number; maxMs: number };
}

/** Follows something by one session after another, until the signal aborts. */
export async function followByEachSession(
  options: EachSessionOptions,
  signal: AbortSignal,
): Promise<void> {
  const { source, follow, failure, logger } = options;
  const { pauses = { initialMs: 500, maxMs: 30_000 } } = options;
  let pause = backoff(pauses);
  let lastProblem: string | undefined;
  while (!signal.aborted) {
    let zk: ZooKeeper | undefined;
    try {
      zk = await source.connected(signal);
      await follow(zk, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (zk !== undefined && isFinal(zk.state)) {
        pause = backoff(pauses);
        continue;
      }
      const problem = describeError(error);
      if (problem !== lastProblem) logger.warn(failure, { error: error as Error });
      lastProblem = problem;
      await delay(pause.next().value, { signal }).catch(() => {});
    }
  }
}
