import type { Leadership } from "../election/leadership.ts";
import type { Role } from "../http/status.ts";

/** What a master is at a time. It leads only from when others can find it until leadership is lost. */
export type RoleState =
  | { kind: "starting" }
  | { kind: "standby" }
  | { kind: "leading"; leadership: Leadership }
  | { kind: "stopping" };

export type RoleEvent =
  | { kind: "started" }
  | { kind: "elected"; leadership: Leadership }
  | { kind: "deposed" }
  | { kind: "stopped" };

/** The role after an event; nothing leads out of `stopping`. */
export function nextRole(state: RoleState, event: RoleEvent): RoleState {
  if (state.kind === "stopping") return state;
  switch (event.kind) {
    case "started":
    case "deposed":
      return { kind: "standby" };
    case "elected":
      return { kind: "leading", leadership: event.leadership };
    case "stopped":
      return { kind: "stopping" };
  }
}

/** The role as others are told: a leader that has lost leadership is none, even before it has stopped. */
export function roleName(state: RoleState): Role {
  if (state.kind !== "leading") return state.kind;
  return isHeld(state.leadership) ? "leader" : "standby";
}

/**
 * Whether leadership is proven at this moment. The deadline is looked at as well as the signal: a
 * process that was frozen may answer a request before the timer behind `lost` has had its turn.
 */
export function isHeld(leadership: Pick<Leadership, "lost" | "deadline">): boolean {
  return !leadership.lost.aborted && performance.now() < leadership.deadline();
}
