import type { Role } from "../../http/status.ts";
import type { ServerState } from "../quorum/server_answer.ts";

/**
 * What is known of a cluster at one look. What nobody looked at is left out, and no verdict is based on
 * it: a master knows less than `masterd doctor` does.
 */
export interface ClusterFacts {
  clusterId: string;
  election: ElectionFacts;
  /** Those of conf/masters, and others that are registered or answer. */
  masters: readonly MasterFacts[];
  /** The servers of the configured quorum. */
  servers?: readonly ServerFacts[];
  clocks?: readonly ClockFacts[];
  storage?: StorageFacts;
  host?: HostFacts;
  /** What else contradicts itself or is missing, in sentences without an end. */
  remarks?: readonly string[];
}

export type ElectionFacts =
  /** Without high availability there is none. */
  | { kind: "none" }
  /** Nobody could be asked; `isRefused`: the credentials were. */
  | { kind: "unreachable"; cause: string; isRefused?: boolean }
  | {
    kind: "seen";
    /** Who is published. */
    leader?: LeaderFacts;
    /** Why what is published cannot be read. */
    damage?: string;
    /** In the order in which they lead. */
    queue?: readonly ContenderFacts[];
    pause?: PauseFacts;
    /** What ZooKeeper does not let the configured user do. */
    refusals?: readonly { act: string; path: string }[];
  };

export interface LeaderFacts {
  /** `host:port`; the address where it is no masterd. */
  name: string;
  isMasterd: boolean;
  epoch?: string;
}

/** A place in the queue for leadership. */
export interface ContenderFacts {
  /** What the contender calls itself; a master its `host:port`. */
  participant: string;
  /** Of its latch node. */
  path: string;
  /** The session that the place lives as long as, `0x1f`; absent: the node outlives every session. */
  session?: string;
  /** Whether that session has registered a master. */
  isMaster: boolean;
  /** Whether that session has published itself as the leader. */
  isPublished: boolean;
}

export interface PauseFacts {
  since: string;
  by: string;
  reason: string | null;
}

export interface MasterFacts {
  /** `host:port`, or the host alone where the port is not known. */
  name: string;
  /** Whether a line of conf/masters names it. */
  isListed?: boolean;
  isRegistered?: boolean;
  /** Whether it is to run on the host that looks. */
  isLocal?: boolean;
  answer: MasterAnswerFacts;
}

/** What came of asking a master; `silent`: nothing in time, or nobody accepts. */
export type MasterAnswerFacts =
  | { kind: "unasked" }
  | { kind: "silent"; cause: string }
  | { kind: "foreign"; fact: string }
  | {
    kind: "master";
    /** Undefined: one that this version does not know. */
    role: Role | undefined;
    version: string;
    /** To ZooKeeper: `connected`, `suspended`, …; `none` where there is none. */
    connection: string;
    session?: string;
    command?: CommandFacts;
    /** Why the state that it keeps is not well. */
    stateProblem?: string;
  };

export interface CommandFacts {
  /** As its state is called: `running`, `waiting`, `cooling-down`, …. */
  kind: string;
  /** How often it was started again in this term. */
  restarts?: number;
  /** How it ended, in words: `exit code 1`. */
  lastEnd?: string;
  /** Why the master gave up. */
  reason?: string;
}

export interface ServerFacts {
  /** `host:port`. */
  name: string;
  state: ServerState;
}

/** A wall clock, as seen by the host that looks. */
export interface ClockFacts {
  /** Whose, as a sentence may begin with it: `master a:8081`. */
  of: string;
  /** By how much it is ahead of the clock here, in milliseconds, and how sure that is. */
  offset?: { ms: number; uncertaintyMs: number };
  /** By how much it has been set while it was watched, in milliseconds; back if negative. */
  stepMs?: number;
}

export interface StorageFacts {
  url: string;
  /** Absent: it can be read, and written where that was tried. */
  problem?: { kind: "unreachable" | "wrong" | "failing"; text: string };
}

/** The host that looks. */
export interface HostFacts {
  name: string;
  /** Ports that masters which should run here, and do not, would need. */
  takenPorts: readonly { master: string; port: number }[];
  /** Ranges of which more ports are needed than are free. */
  fullRanges: readonly { key: string; range: string; needed: number; free: number }[];
  /** File systems with little space left. */
  fullDisks: readonly { path: string; freeMiB: number }[];
  /** What is doubtful in the configuration. */
  warnings: readonly string[];
}
