import type { EndCause } from "./guard_protocol.ts";

/** How long a command may run; times as `performance.now()` counts, Infinity for never. */
export interface Lease {
  readonly deadline: number;
  /** So long before the deadline the command is asked to end. */
  readonly stopGraceMs: number;
}

/** Where the one command of a guard stands; it goes down this list and never back. */
export type GuardState =
  | { kind: "idle" }
  | { kind: "running"; lease: Lease }
  | { kind: "terminating"; lease: Lease; cause: EndCause; killAt: number }
  | { kind: "killing"; cause: EndCause }
  | { kind: "over"; reason: OverReason };

/** Why there is no command any more, or why there never was one. */
export type OverReason = "ended" | "not-started" | "lease-over" | "daemon-gone" | "helper-gone";

/** What can happen to a guard. */
export type GuardEvent =
  | { kind: "time-passed" }
  | { kind: "run"; lease: Lease }
  | { kind: "not-started" }
  | { kind: "deadline"; deadline: number }
  | { kind: "stop"; graceMs: number }
  | { kind: "exited" }
  | { kind: "daemon-gone" }
  | { kind: "helper-gone" }
  | { kind: "ended" };

/**
 * The state after an event. Whatever the event is, time is looked at first: a guard that was frozen
 * past its deadline kills before it believes in anything that was said meanwhile.
 */
export function nextGuardState(state: GuardState, event: GuardEvent, now: number): GuardState {
  const onTime = afterTime(state, now);
  return afterTime(afterEvent(onTime, event, now), now);
}

/** When the state changes by itself; Infinity for never. */
export function changesAt(state: GuardState): number {
  switch (state.kind) {
    case "running":
      return askedToEndAt(state.lease);
    case "terminating":
      return Math.min(state.killAt, state.lease.deadline);
    default:
      return Infinity;
  }
}

function afterTime(state: GuardState, now: number): GuardState {
  if (now < changesAt(state)) return state;
  switch (state.kind) {
    case "running": {
      const { lease } = state;
      if (now >= lease.deadline) return { kind: "killing", cause: "deadline" };
      return { kind: "terminating", lease, cause: "deadline", killAt: lease.deadline };
    }
    case "terminating":
      return { kind: "killing", cause: now < state.lease.deadline ? state.cause : "deadline" };
    default:
      return state;
  }
}

function afterEvent(state: GuardState, event: GuardEvent, now: number): GuardState {
  switch (event.kind) {
    case "time-passed":
      return state;
    case "run":
      return state.kind === "idle" ? afterRun(event.lease, now) : state;
    case "deadline":
      if (!("lease" in state)) return state;
      return { ...state, lease: { ...state.lease, deadline: event.deadline } };
    case "stop":
      return afterStop(state, now + event.graceMs);
    case "exited":
      return killing(state, "exit");
    case "daemon-gone":
      return state.kind === "idle" ? { kind: "over", reason: event.kind } : killing(state, "stop");
    case "helper-gone":
      return state.kind === "idle" ? { kind: "over", reason: event.kind } : state;
    case "ended":
    case "not-started":
      return { kind: "over", reason: event.kind };
  }
}

/** When a command has to be asked to end; one that would have to be at once is not even started. */
function askedToEndAt({ deadline, stopGraceMs }: Lease): number {
  return deadline - stopGraceMs;
}

function afterRun(lease: Lease, now: number): GuardState {
  return now < askedToEndAt(lease)
    ? { kind: "running", lease }
    : { kind: "over", reason: "lease-over" };
}

function afterStop(state: GuardState, killAt: number): GuardState {
  switch (state.kind) {
    case "running":
      return { kind: "terminating", lease: state.lease, cause: "stop", killAt };
    case "terminating":
      return { ...state, killAt: Math.min(state.killAt, killAt) };
    default:
      return state;
  }
}

/** All of the command is to die now; what it was asked to end for stays the cause. */
function killing(state: GuardState, cause: EndCause): GuardState {
  switch (state.kind) {
    case "running":
      return { kind: "killing", cause };
    case "terminating":
      return { kind: "killing", cause: state.cause };
    default:
      return state;
  }
}
