import type { Contender } from "./contenders.ts";
import type { SwitchoverRequest } from "./documents.ts";

/** A switchover that is under way, as it is found in ZooKeeper. */
export interface Situation {
  request: SwitchoverRequest;
  /** What the request's target, or somebody else, has said of being ready. */
  ready: { id: string; owner: bigint } | undefined;
  queue: readonly Contender[];
}

/** What a candidate is to do for a switchover. */
export type Act = "nothing" | "confirm" | "step-aside" | "hand-over";

/** Who decides: a candidate with a place in the queue. */
export interface Self {
  participant: string;
  latchName: string;
  isLeading: boolean;
}

/**
 * What a switchover asks of a candidate. Only the order of the queue depends on it: who leads is
 * decided by latch and lease, whatever the documents of a switchover say.
 */
export function actFor(self: Self, situation: Situation): Act {
  const isTarget = self.latchName === situation.request.target.latchName;
  if (self.isLeading) return !isTarget && isWayClear(self, situation) ? "hand-over" : "nothing";
  if (isTarget) return isConfirmed(situation) ? "nothing" : "confirm";
  return mustStandAside(self.participant, situation) ? "step-aside" : "nothing";
}

/**
 * Whether a participant is to stay out of the queue. Not the leader that hands over, which is to
 * stand right behind the target; and nobody once the target is gone, or no one might be left to lead.
 */
export function mustStandAside(participant: string, { request, queue }: Situation): boolean {
  return participant !== request.from && findTarget({ request, queue }) !== undefined;
}

// The target stands next and has said that it is ready; no master is left behind it, where the one
// that hands over must stand to lead again if the target does not.
function isWayClear(self: Self, situation: Situation): boolean {
  const [first, next, ...others] = situation.queue;
  return isConfirmed(situation) && first?.name === self.latchName &&
    next?.name === situation.request.target.latchName && !others.some(({ isMaster }) => isMaster);
}

// Only the target's own session can say that the target is ready.
function isConfirmed({ request, ready, queue }: Situation): boolean {
  const target = findTarget({ request, queue });
  return ready !== undefined && ready.id === request.id && ready.owner === target?.owner;
}

function findTarget({ request, queue }: Pick<Situation, "request" | "queue">) {
  return queue.find(({ name }) => name === request.target.latchName);
}
