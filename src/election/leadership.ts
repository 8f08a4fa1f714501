import type { ZooKeeper } from "zookeeper";

/** Where the leader can be reached; what others learn when they ask who leads. */
export interface LeaderAddress {
  /** Host as the masters file writes it; IPv6 without brackets. */
  host: string;
  webuiPort: number;
  rpcPort: number;
}

/** A leader as read back from where it was published. */
export interface LeaderInformation {
  /** UUID of this leadership; the fencing token of calls between processes. */
  leaderSessionId: string;
  /** Address in Flink's form, `http://host:port`. */
  address: string;
  /**
   * What Flink's format cannot carry. Absent if the leader is not masterd: a Curator or Flink
   * contender shares the path with us.
   */
  details?: LeaderDetails;
}

export interface LeaderDetails extends LeaderAddress {
  epoch: bigint;
  /** Version of the masterd that leads. */
  version: string;
}

/** What makes ZooKeeper refuse the write of whoever leads no more: a check of this node in the same transaction. */
export interface LeadershipFence {
  /** The session that leads. */
  zk: ZooKeeper;
  /** The own latch node: there as long as this leadership, and made anew for no other. */
  path: string;
}

/**
 * The proof of being leader, as a value that is held: whoever acts as leader receives it and stops
 * with `lost`. Disposing it gives leadership back.
 */
export interface Leadership extends AsyncDisposable {
  /** A new random UUID for each leadership, in lower case. */
  readonly leaderSessionId: string;
  /** Grows with each leader: the fencing token for storage and commands. */
  readonly epoch: bigint;
  /** Absent where leadership does not come from ZooKeeper. */
  readonly fence?: LeadershipFence;
  /** Aborts, with the reason, as soon as leadership can no longer be proven. */
  readonly lost: AbortSignal;
  /** Aborts, with the reason, when leadership is to be given back in order; nothing has been lost yet. */
  readonly handover: AbortSignal;
  /** Until when leadership is proven, as performance.now() counts; Infinity where it cannot run out. */
  deadline(): number;
  /** Calls the listener whenever the deadline has moved; returns the function that ends this. */
  onRenewal(listener: () => void): () => void;
  /**
   * Makes the leader known to others.
   * @throws {LeadershipLostError} if leadership ended before the write took effect.
   */
  publish(address: LeaderAddress, options: { signal: AbortSignal }): Promise<void>;
  /** Withdraws what was published and gives leadership to the next contender. Can be called again. */
  release(): Promise<void>;
}

/** Leadership ended, or ended before what was asked took effect. */
export class LeadershipLostError extends Error {
  override readonly name = "LeadershipLostError";
}
