import { ZkError } from "./errors.ts";

/**
 * Where a session stands. `suspended` is not an end: the server keeps the session, and what it owns,
 * until its timeout; only the server can say that it expired. The last three are final.
 */
export type SessionState =
  | { kind: "connecting" }
  | { kind: "connected" } & Connected
  | { kind: "suspended"; sessionId: bigint; negotiatedTimeoutMs: number }
  | { kind: "expired"; sessionId: bigint }
  | { kind: "auth-failed"; cause: unknown }
  | { kind: "closed" };

/** A session's connection, as the handshake made it. */
export interface Connected {
  /** Whose connection it is. */
  sessionId: bigint;
  /** The timeout that this server granted for this connection. */
  negotiatedTimeoutMs: number;
  /** The server at the other end, `host:port`. */
  server: string;
  /** The monotonic clock (`performance.now()`) just before the ConnectRequest of this connection left. */
  attachSentAt: number;
}

/** What can happen to a session. */
export type SessionChange =
  | { kind: "attached" } & Connected
  | { kind: "detached" }
  | { kind: "expired"; sessionId: bigint }
  | { kind: "auth-failed"; cause: unknown }
  | { kind: "closed" };

/** A state in which a session stays for good. */
export type FinalState = Extract<SessionState, { kind: "expired" | "auth-failed" | "closed" }>;

/** True for a state in which a session stays for good. */
export function isFinal(state: SessionState): state is FinalState {
  return state.kind === "expired" || state.kind === "auth-failed" || state.kind === "closed";
}

/** The state after a change; a final state stays whatever comes. */
export function nextState(state: SessionState, change: SessionChange): SessionState {
  if (isFinal(state)) return state;
  switch (change.kind) {
    case "attached":
      return { ...change, kind: "connected" };
    case "detached":
      if (state.kind !== "connected") return state;
      return {
        kind: "suspended",
        sessionId: state.sessionId,
        negotiatedTimeoutMs: state.negotiatedTimeoutMs,
      };
    case "expired":
    case "auth-failed":
    case "closed":
      return change;
  }
}

/** What a request fails with in a session that is over. */
export function endError(state: FinalState, what: { operation: string; path?: string }): ZkError {
  switch (state.kind) {
    case "expired":
      return new ZkError("SessionExpired", what);
    case "auth-failed":
      return new ZkError("AuthFailed", { ...what, cause: state.cause });
    case "closed":
      return new ZkError("SessionClosed", what);
  }
}
