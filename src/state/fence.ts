import {
  isFinal,
  isZkError,
  TransactionError,
  type TransactionStep,
  untilAnswered,
  ZkError,
  type ZooKeeper,
} from "zookeeper";
import { StateError } from "./errors.ts";

/** What proves, to ZooKeeper itself and in the same transaction, that whoever writes still leads. */
export interface Fence {
  /** The leader's own latch node: made anew for no other leadership. */
  path: string;
  /** Grows with each leader. */
  epoch: bigint;
  /** Aborts when leadership ends. */
  lost: AbortSignal;
  /**
   * True if this session itself has seen, by reading the latch, that no former leader is left. Whoever
   * shows that has applied all that they wrote before, and no server that knows less takes the session
   * (ZooKeeper's single system image): nothing needs to be waited for. Else the first look syncs.
   */
  isCaughtUp?: boolean;
}

/** What became of a fenced write. */
export type Outcome =
  | { kind: "done" }
  /**
   * A node was not as expected. If it is uncertain that nothing was done, that may be the work of an
   * earlier try whose answer was lost.
   */
  | { kind: "outrun"; error: TransactionError; isUncertain: boolean };

/**
 * Does the steps if the fence stands, all or none. A try whose answer was lost is made again: if it
 * took effect, the next one finds nodes that are not as expected, and reading tells.
 * @throws {StateError} `not-leading`: surely nothing was done; `unknown-outcome`
 * @throws {ZkError} any other refusal, after which nothing was done
 */
export async function writeFenced(
  zk: ZooKeeper,
  fence: Fence,
  steps: readonly TransactionStep[],
): Promise<Outcome> {
  const check: TransactionStep = { kind: "check", path: fence.path };
  if (fence.lost.aborted) throw notLeading(fence.lost.reason);
  let tries = 0;
  const attempt = () => {
    tries += 1;
    return zk.multi([check, ...steps], { signal: fence.lost });
  };
  try {
    await untilAnswered(attempt, { signal: fence.lost });
    return { kind: "done" };
  } catch (error) {
    const isUncertain = tries > 1;
    if (isOutrun(error)) return { kind: "outrun", error, isUncertain };
    // Of several tries an earlier one may have taken effect; so may one that leadership ended under.
    if (isUncertain || !isAnswer(error, fence)) throw unknownOutcome(error);
    const isFenceGone = error instanceof TransactionError && error.index === 0;
    throw isFenceGone || isFinal(zk.state) ? notLeading(error) : error;
  }
}

function isOutrun(error: unknown): error is TransactionError {
  const isOfStep = error instanceof TransactionError && error.index > 0;
  return isOfStep && isZkError(error, "NodeExists", "BadVersion", "NoNode");
}

// An answer that cannot be read tells nothing, and the reason of a signal may be of any class.
function isAnswer(error: unknown, { lost }: Fence): boolean {
  if (!(error instanceof ZkError) || error === lost.reason) return false;
  return !isZkError(error, "MarshallingError", "ResponseTooLarge");
}

/** The error of a write that surely did nothing, since its leader leads no more. */
export function notLeading(cause: unknown): StateError {
  return new StateError("not-leading", "This master does not lead any more: nothing was written", {
    cause,
  });
}

/** The error of a write of which only reading can tell whether it took effect. */
export function unknownOutcome(cause: unknown): StateError {
  return new StateError(
    "unknown-outcome",
    "The answer to the write was lost: only reading tells whether it took effect",
    { cause },
  );
}
