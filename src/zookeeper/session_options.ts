import type { Authentication } from "./authentication.ts";
import type { FrameLimits, Notification } from "./connection.ts";
import type { Server } from "./connect_string.ts";
import type { SessionState } from "./session_state.ts";
import type { OpenSocket, ResolveHost } from "./transport.ts";
import type { WatchTable } from "./watches.ts";

/** Id and password of a session: whoever has them can take it over, or close it. */
export interface SessionCredentials {
  /** 0 before the first connection. */
  id: bigint;
  /** Not to be relied on as a secret: Apache ZooKeeper derives it from the id. */
  password: Uint8Array;
}

/** What a server opens a new session for. */
export const NEW_SESSION: SessionCredentials = { id: 0n, password: new Uint8Array(16) };

/** What happens to a session, for logs. */
export type SessionEvent =
  | { kind: "state"; state: SessionState }
  | { kind: "attempt-failed"; server: string; error: Error }
  | { kind: "connection-lost"; server: string; error: Error }
  | { kind: "close-failed"; error: Error };

export interface SessionOptions {
  servers: readonly Server[];
  sessionTimeoutMs: number;
  connectTimeoutMs: number;
  limits: FrameLimits;
  authentications: readonly Authentication[];
  credentials: SessionCredentials | undefined;
  openSocket: OpenSocket;
  resolveHost: ResolveHost;
  watches: WatchTable;
  onNotification: (notification: Notification) => void;
  onEvent: (event: SessionEvent) => void;
}
