/** How much may be logged before a snapshot is due. */
export interface SnapshotLimits {
  readonly records: number;
  readonly bytes: number;
}

/**
 * Says when a snapshot is due: after between half and all of the limits, at random, as ZooKeeper does
 * so that servers that began together do not stop together (SyncRequestProcessor, 3.8).
 */
export class SnapshotPolicy {
  readonly #limits: SnapshotLimits;
  readonly #random: () => number;
  #records = 0;
  #bytes = 0;
  #due: SnapshotLimits;

  constructor(limits: SnapshotLimits, random: () => number = Math.random) {
    this.#limits = limits;
    this.#random = random;
    this.#due = this.#spread();
  }

  get isDue(): boolean {
    return this.#records >= this.#due.records || this.#bytes >= this.#due.bytes;
  }

  /** A record was logged. */
  count(bytes: number): void {
    this.#records++;
    this.#bytes += bytes;
  }

  /** A snapshot begins. */
  restart(): void {
    this.#records = this.#bytes = 0;
    this.#due = this.#spread();
  }

  #spread(): SnapshotLimits {
    const part = 0.5 + this.#random() / 2;
    return { records: this.#limits.records * part, bytes: this.#limits.bytes * part };
  }
}
