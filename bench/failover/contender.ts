/** One process that contends for leadership. */
export interface Contender {
  /** Resolves with the moment, as performance.now() counts, at which it was seen to lead. */
  readonly leads: Promise<number>;
  /** Whether it has joined, and would lead if all others were gone. */
  readonly joined: Promise<void>;
  /** Ends it with SIGKILL; returns the moment just before. */
  crash(): Promise<number>;
}

/** A kind of contender that is compared with the others. */
export interface Peer {
  name: string;
  start(round: number): Promise<Contender>;
}
