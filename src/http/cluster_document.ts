import type { CommandStatus, StateStatus, WorkerStatus } from "./status.ts";

/** What `/api/v1/cluster` and the event `cluster` say; the same cluster, whichever master answers. */
export interface ClusterDocument {
  clusterId: string;
  /** The master that says so. */
  answeredBy: { host: string; port: number };
  now: string;
  /** Null while nobody is known to lead. */
  leader: ClusterLeader | null;
  /** By their places in the queue, then those without one. */
  masters: ClusterMaster[];
  /** Null while the leader does not tell, or where leadership cannot run out. */
  lease: LeaseStatus | null;
  /** The workers of the leader, no more than 200 of them. */
  workers: WorkerStatus[];
  /** Null while the leader does not tell. */
  workersCount: number | null;
  /** Null while the leader does not tell, or where no state is kept. */
  state: StateStatus | null;
  /** Null while the leader does not tell, or where no command is configured. */
  command: CommandStatus | null;
  /** Whether the leader told: false means that workers, state and command are not known. */
  hasLeaderAnswered: boolean;
  /** Newest first, no more than 50. */
  history: PastLeadership[];
  paused: PauseStatus | null;
  verdict: ClusterVerdict;
  /** Whether the master that answers takes `POST /api/v1/switchover`. */
  switchover: boolean;
}

export interface ClusterLeader {
  /** As it was published, `http://host:port`; anybody may have written it. */
  address: string;
  /** Null if the leader is not masterd. */
  host: string | null;
  port: number | null;
  /** Decimal digits; null if the leader is not masterd. */
  epoch: string | null;
  leaderSessionId: string;
  /** By the clock of the leader itself; null while it is not in the history. */
  since: string | null;
}

/** `unknown`: configured and not there, or there and nothing is known of it. */
export type ClusterRole = "leader" | "standby" | "starting" | "stopping" | "unknown";

export interface ClusterMaster {
  host: string;
  port: number;
  role: ClusterRole;
  /** In the queue for leadership, where 0 leads; null if it does not stand in it. */
  place: number | null;
  /** Of its place in the queue, in decimal digits: its epoch, once it leads. */
  epoch: string | null;
  /** Whether it is the master that answers. */
  isSelf: boolean;
  /** Whether it is there now. */
  isRegistered: boolean;
  /** To ZooKeeper, `connected`, `suspended`, …; null if that is not known. */
  connection: string | null;
  pid: number | null;
  version: string | null;
  startedAt: string | null;
}

/** For how long leadership is proven, and for how long it can be at most. */
export interface LeaseStatus {
  leftMs: number;
  lengthMs: number;
}

/** Why a leadership began, which is why the one before it ended. */
export type LeadershipCause =
  | "first"
  | "switchover"
  | "stopped"
  | "crashed"
  | "expired"
  | "command failed"
  | "unknown";

export interface PastLeadership {
  /** Decimal digits. */
  epoch: string;
  host: string;
  port: number;
  publishedAt: string;
  /** By the clock of the one who noticed; null for the one that goes on, and where nobody noticed. */
  endedAt: string | null;
  /** For how long nobody could be found as the leader before it; null if nobody measured it. */
  gapMs: number | null;
  cause: LeadershipCause;
}

export interface PauseStatus {
  since: string;
  by: string;
  reason: string | null;
}

/** What is most to be said of the cluster, and what to do. */
export interface ClusterVerdict {
  severity: "ok" | "warning" | "critical";
  sentence: string;
  advice: string | null;
}

export type JournalKind =
  | "role"
  | "leader"
  | "connection"
  | "worker"
  | "state"
  | "command"
  | "switchover"
  | "pause";

/** One thing that happened, as this master saw it; further fields are details of the message. */
export interface JournalEvent {
  at: string;
  kind: JournalKind;
  message: string;
  [detail: string]: string | number | boolean | null;
}
