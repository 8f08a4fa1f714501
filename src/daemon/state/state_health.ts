import type { BrokenEntry } from "../../state/entry.ts";
import type { Recovery } from "../../state/recovery.ts";
import type { StateStatus } from "../../http/status.ts";

/** What a leader knows of the state it is to keep. */
export type StateHealth =
  | { kind: "recovering" }
  /** It could not be looked through yet. */
  | { kind: "unknown"; lastError: string }
  /** `lastError` is there until the storage does its work again. */
  | { kind: "known"; entries: number; broken: readonly BrokenEntry[]; lastError?: string };

export type StateEvent =
  | { kind: "recovered"; recovery: Recovery }
  | { kind: "written"; name: string; isNew: boolean }
  | { kind: "deleted"; name: string }
  | { kind: "found-broken"; broken: BrokenEntry }
  /** The storage could not do its part. */
  | { kind: "storage-failed"; message: string };

const MAX_SHOWN = 100;

/** The health after an event. A write that the storage took proves that it works again. */
export function nextHealth(health: StateHealth, event: StateEvent): StateHealth {
  switch (event.kind) {
    case "recovered": {
      const { entries, broken } = event.recovery;
      return { kind: "known", entries, broken };
    }
    case "storage-failed":
      if (health.kind === "recovering") return { kind: "unknown", lastError: event.message };
      return { ...health, lastError: event.message };
    default:
      return health.kind === "known" ? afterFinding(health, event) : health;
  }
}

function afterFinding(
  { entries, broken, lastError }: StateHealth & { kind: "known" },
  event: Exclude<StateEvent, { kind: "recovered" | "storage-failed" }>,
): StateHealth {
  if (event.kind === "found-broken") {
    const others = withoutName(broken, event.broken.name);
    return { kind: "known", entries, broken: [...others, event.broken], lastError };
  }
  const left = withoutName(broken, event.name);
  // A deletion writes nothing to the storage, and so proves nothing of it.
  if (event.kind === "deleted") {
    return { kind: "known", entries: entries - 1, broken: left, lastError };
  }
  return { kind: "known", entries: event.isNew ? entries + 1 : entries, broken: left };
}

function withoutName(broken: readonly BrokenEntry[], name: string): BrokenEntry[] {
  return broken.filter((entry) => entry.name !== name);
}

/** As the status shows it: degraded is what an operator should look at. */
export function describeHealth(health: StateHealth): StateStatus {
  switch (health.kind) {
    case "recovering":
      return { kind: "recovering", entries: null, broken: [], brokenCount: 0 };
    case "unknown":
      return {
        kind: "degraded",
        entries: null,
        broken: [],
        brokenCount: 0,
        lastError: health.lastError,
      };
    case "known": {
      const { entries, broken, lastError } = health;
      const isWell = lastError === undefined && broken.length === 0;
      return {
        kind: isWell ? "healthy" : "degraded",
        entries,
        broken: broken.slice(0, MAX_SHOWN).map(({ name, problem }) => ({ name, problem })),
        brokenCount: broken.length,
        ...(lastError === undefined ? {} : { lastError }),
      };
    }
  }
}
