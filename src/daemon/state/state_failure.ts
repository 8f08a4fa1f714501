import { type LeaderPlace, StateCallError } from "../../http/state_calls.ts";
import { StateError } from "../../state/errors.ts";
import { StorageError } from "../../storage/errors.ts";

export interface FailureContext {
  /** Where callers who want the leader find it; null while nobody knows. */
  leader: LeaderPlace | null;
  /** Aborts with the leadership under which something was done. */
  over?: AbortSignal;
}

/** A failure as the state API tells it; what is none of the state's stays as it is. */
export function toCallError(error: unknown, { leader, over }: FailureContext): unknown {
  if (error instanceof StateError) return fromStateError(error, leader);
  // What a signal ended had no effect: a write whose effect is not known says so itself.
  if (over?.aborted && error === over.reason) return notLeading(leader, error);
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new StateCallError("unavailable", error.message, { cause: error });
  }
  return error;
}

/** What a master answers that does not hold the leadership which a call asks for. */
export function notLeading(leader: LeaderPlace | null, cause?: unknown): StateCallError {
  const message = "This master does not hold that leadership: nothing was done";
  return new StateCallError("not-leading", message, { leader, cause });
}

function fromStateError(error: StateError, leader: LeaderPlace | null): StateCallError {
  const { kind, message, version, cause } = error;
  switch (kind) {
    case "version-mismatch":
      return new StateCallError(kind, message, { version: version ?? null, cause });
    case "not-leading":
      return new StateCallError(kind, message, { leader, cause });
    case "storage": {
      const reason = cause instanceof StorageError ? cause.kind : undefined;
      return new StateCallError(kind, message, { reason, cause });
    }
    default:
      return new StateCallError(kind, message, { cause });
  }
}
