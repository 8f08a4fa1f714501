import type { ZooKeeper } from "zookeeper";
import type { LatestValue } from "../../async/latest_value.ts";
import type { HeartbeatObserver } from "../../election/heartbeat.ts";
import type { LeaderInformation, Leadership } from "../../election/leadership.ts";

/** The connection to the coordination service; `none` where there is no such service. */
export type ConnectionState =
  | { kind: "none" }
  | { kind: "connecting"; lastError?: string }
  | { kind: "connected"; sessionId: string; server: string; sessionTimeoutMs: number }
  | { kind: "suspended"; sessionId: string; lastError?: string }
  | { kind: "lost"; lastError?: string };

/** Hears what a session goes through, as it happens; must not throw. */
export interface SessionObserver extends HeartbeatObserver {
  /** The session may survive it. */
  connectionLost(): void;
}

/** Gives the session that is in use, once it is connected. */
export interface SessionSource {
  connected(signal: AbortSignal): Promise<ZooKeeper>;
}

/** What a daemon needs of high availability: to become the leader, and to know who is. */
export interface HighAvailabilityServices extends AsyncDisposable {
  /** Connection to the coordination service, for status and logs. */
  readonly connection: LatestValue<ConnectionState>;
  /** The session of the moment, for what else is kept in ZooKeeper; absent where that is not used. */
  readonly zookeeper?: SessionSource;
  /** Waits until this candidate, shown to others as `participant` (`host:port`), leads. */
  campaign(options: { participant: string; signal: AbortSignal }): Promise<Leadership>;
  /** The leader now and each change; undefined while none is known. */
  followLeader(options: { signal: AbortSignal }): AsyncIterable<LeaderInformation | undefined>;
}
