import type { LeaderInformation } from "../leadership.ts";
import type { Contender } from "./contenders.ts";

/** From whom to whom leadership is to go. */
export interface SwitchoverPlan {
  from: Contender;
  target: Contender;
  /** What the one that hands over has published. */
  leader: LeaderInformation;
}

/** Why no switchover can begin. */
export type Refusal =
  | { kind: "no-leader" }
  /** Somebody else has just become the leader, or is about to. */
  | { kind: "changing" }
  | { kind: "foreign-leader"; address: string }
  | { kind: "no-standby" }
  | { kind: "unknown-target"; target: string; standbys: readonly string[] }
  /** It stands before the target and would lead first: it cannot be asked to step aside. */
  | { kind: "foreign-between"; participant: string; target: string }
  | { kind: "paused" }
  | { kind: "under-way"; target: string }
  | { kind: "foreign-request"; path: string };

export type Planning =
  | { kind: "plan"; plan: SwitchoverPlan }
  | { kind: "leads-already"; leader: LeaderInformation }
  | { kind: "refused"; refusal: Refusal };

/** The decision of `prepareSwitchover()` on what it has read. */
export function planSwitchover(
  { queue, leader, to }: {
    queue: readonly Contender[];
    leader: LeaderInformation | undefined;
    to: string | undefined;
  },
): Planning {
  const [from, ...others] = queue;
  if (leader === undefined || from === undefined) return refused({ kind: "no-leader" });
  if (leader.details === undefined) {
    return refused({ kind: "foreign-leader", address: leader.address });
  }
  if (from.czxid !== leader.details.epoch) return refused({ kind: "changing" });
  if (to === from.participant) return { kind: "leads-already", leader };
  const standbys = others.filter(({ isMaster }) => isMaster);
  const target = to === undefined
    ? standbys[0]
    : standbys.find(({ participant }) => participant === to);
  if (target === undefined) return refused(noTarget(to, standbys));
  const foreign = others.slice(0, others.indexOf(target)).find(({ isMaster }) => !isMaster);
  if (foreign !== undefined) {
    const [participant, wanted] = [foreign.participant, target.participant];
    return refused({ kind: "foreign-between", participant, target: wanted });
  }
  return { kind: "plan", plan: { from, target, leader } };
}

function noTarget(to: string | undefined, standbys: readonly Contender[]): Refusal {
  if (to === undefined || standbys.length === 0) return { kind: "no-standby" };
  const participants = standbys.map(({ participant }) => participant);
  return { kind: "unknown-target", target: to, standbys: participants };
}

function refused(refusal: Refusal): Planning {
  return { kind: "refused", refusal };
}
