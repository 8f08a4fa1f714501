import type { LatestValue } from "../../async/latest_value.ts";
import type { LeaderInformation, Leadership } from "../../election/leadership.ts";

/** The connection to the coordination service; `none` where there is no such service. */
export type ConnectionState =
  | { kind: "none" }
  | { kind: "connecting"; lastError?: string }
  | { kind: "connected"; sessionId: string; server: string; sessionTimeoutMs: number }
  | { kind: "suspended"; sessionId: string; lastError?: string }
  | { kind: "lost"; lastError?: string };

/** What a daemon needs of high availability: to become the leader, and to know who is. */
export interface HighAvailabilityServices extends AsyncDisposable {
  /** Connection to the coordination service, for status and logs. */
  readonly connection: LatestValue<ConnectionState>;
  /** Waits until this candidate, shown to others as `participant` (`host:port`), leads. */
  campaign(options: { participant: string; signal: AbortSignal }): Promise<Leadership>;
  /** The leader now and each change; undefined while none is known. */
  followLeader(options: { signal: AbortSignal }): AsyncIterable<LeaderInformation | undefined>;
}
