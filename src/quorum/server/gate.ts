/** Something that holds frames back until transactions are durable. */
export interface Waiter {
  /** Lets go what waited for transactions up to this one; says whether something still waits. */
  release(durableZxid: bigint): boolean;
  /** Begins to send what may be sent. */
  flush(): void;
}

/**
 * The one place that knows how far the log is durable. Frames wait here, in the outboxes of their
 * connections, for the newest transaction that they may show.
 */
export class Gate {
  readonly #maxOutstanding: number;
  readonly #isLogBehind: () => boolean;
  readonly #waiting = new Set<Waiter>();
  readonly #unsent = new Set<Waiter>();
  #durableZxid: bigint;
  /** Frames of all connections that wait. */
  outstanding = 0;

  constructor(
    options: { durableZxid: bigint; maxOutstanding: number; isLogBehind: () => boolean },
  ) {
    this.#durableZxid = options.durableZxid;
    this.#maxOutstanding = options.maxOutstanding;
    this.#isLogBehind = options.isLogBehind;
  }

  get durableZxid(): bigint {
    return this.#durableZxid;
  }

  /** Whether who waits for the disk should not ask for more yet. */
  get isCongested(): boolean {
    return this.outstanding > this.#maxOutstanding || this.#isLogBehind();
  }

  /** The waiter holds frames back. */
  wait(waiter: Waiter): void {
    this.#waiting.add(waiter);
  }

  /** The waiter has frames that may be sent with the next `flush()`. */
  send(waiter: Waiter): void {
    this.#unsent.add(waiter);
  }

  /** All up to this transaction is durable. */
  advance(zxid: bigint): void {
    this.#durableZxid = zxid;
    for (const waiter of this.#waiting) {
      if (!waiter.release(zxid)) this.#waiting.delete(waiter);
      this.#unsent.add(waiter);
    }
    this.flush();
  }

  /** Sends together what one turn of the event loop has gathered for each connection. */
  flush(): void {
    for (const waiter of this.#unsent) waiter.flush();
    this.#unsent.clear();
  }

  remove(waiter: Waiter): void {
    this.#waiting.delete(waiter);
    this.#unsent.delete(waiter);
  }
}
