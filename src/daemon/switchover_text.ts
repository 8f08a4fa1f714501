import { formatHostPort } from "../config/host_port.ts";
import { nearest } from "../config/nearest.ts";
import type { PlannedSwitchover } from "./planned_switchover.ts";
import type { LeaderInformation } from "../election/leadership.ts";
import type { FailureReason } from "../election/switchover/operation.ts";
import type { Refusal } from "../election/switchover/plan.ts";

/** What became of a switchover, in one line. */
export function switchoverText(result: PlannedSwitchover, timeoutMs: number): string {
  switch (result.kind) {
    case "leads-already":
      return `${named(result.leader)} leads already`;
    case "refused":
      return refusalMessage(result.refusal);
    case "session-lost":
      return "the session with ZooKeeper is lost; `masterd leader` tells who leads: " +
        result.error.message;
    case "switched": {
      const { plan, leader, gapMs, totalMs } = result;
      const gap = gapMs === undefined ? "not measured" : milliseconds(gapMs);
      return `switched over from ${named(plan.leader)} to ${named(leader)}: ` +
        `gap ${gap}, in all ${milliseconds(totalMs)}`;
    }
    case "failed": {
      const what = failure(result.why, result.plan.target.participant, timeoutMs);
      return `${what}; ${consequence(result)}`;
    }
  }
}

function failure(why: FailureReason, target: string, timeoutMs: number): string {
  const time = `${timeoutMs / 1000} s`;
  switch (why) {
    case "not-ready":
      return `${target} did not say within ${time} that it is ready`;
    case "timeout":
      return `${target} did not lead within ${time}`;
    case "target-gone":
      return `${target} left the election`;
    case "another-leads":
      return `another than ${target} was elected`;
  }
}

function consequence({ plan, leader }: PlannedSwitchover & { kind: "failed" }): string {
  if (leader === undefined) return "no leader is known";
  if (leader.leaderSessionId === plan.leader.leaderSessionId) return `${named(leader)} leads on`;
  const isBack = leader.address === plan.leader.address;
  return `${isBack ? "rolled back: " : ""}${named(leader)} leads`;
}

function refusalMessage(refusal: Refusal): string {
  switch (refusal.kind) {
    case "no-leader":
      return "No leader is known";
    case "changing":
      return "Leadership is changing just now: look again who leads";
    case "foreign-leader":
      return `The leader at ${refusal.address} is no masterd: it cannot hand over in order`;
    case "no-standby":
      return "No other master stands for election";
    case "unknown-target":
      return unknownTarget(refusal.target, refusal.standbys);
    case "foreign-between":
      return `${refusal.participant} stands before ${refusal.target} in the queue ` +
        "and is no masterd: it cannot step aside";
    case "paused":
      return "Failovers are paused, and with them switchovers: `masterd resume` ends that";
    case "under-way":
      return `Another switchover is under way, to ${refusal.target}`;
    case "foreign-request":
      return `The node ${refusal.path} is no request of masterd; remove it`;
  }
}

function unknownTarget(target: string, standbys: readonly string[]): string {
  const suggestion = nearest(target, standbys);
  const hint = suggestion === undefined ? "" : `: did you mean ${suggestion}?`;
  return `${target} is no standby${hint} (standbys: ${standbys.join(", ")})`;
}

/** `host:port (epoch 7)`. */
export function named({ address, details }: LeaderInformation): string {
  if (details === undefined) return address;
  const { host, webuiPort: port, epoch } = details;
  return `${formatHostPort({ host, port })} (epoch ${epoch})`;
}

export function milliseconds(ms: number): string {
  return `${rounded(ms)} ms`;
}

/** To a tenth. */
export function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}
