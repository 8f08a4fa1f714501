/** What a campaign has seen, and what was wrong with it. */
export class Ledger {
  readonly failures: string[] = [];
  acknowledgedWrites = 0;
  openWrites = 0;
  openWritesThatTookEffect = 0;
  sessionsOpened = 0;
  sessionsClosed = 0;
  sessionsTakenUp = 0;
  reads = 0;
  /** The newest transaction that any client was told of. */
  #newestZxid = 0n;

  get newestZxid(): bigint {
    return this.#newestZxid;
  }

  saw(zxid: bigint): void {
    if (zxid > this.#newestZxid) this.#newestZxid = zxid;
  }

  fail(text: string): void {
    this.failures.push(text);
  }

  toString(): string {
    return [
      `${this.acknowledgedWrites} writes acknowledged`,
      `${this.openWrites} open, of which ${this.openWritesThatTookEffect} took effect`,
      `${this.sessionsOpened} sessions opened`,
      `${this.sessionsClosed} closed`,
      `${this.sessionsTakenUp} taken up again`,
      `${this.reads} reads checked`,
      `${this.failures.length} failures`,
    ].join(", ");
  }
}
