/** Latencies in whole milliseconds, as ZooKeeper counts them. */
export class LatencyStatistics {
  #count = 0;
  #totalMs = 0;
  #minMs = Infinity;
  #maxMs = 0;

  add(count: number, latencyMs: number): void {
    const wholeMs = Math.max(0, Math.trunc(latencyMs));
    this.#count += count;
    this.#totalMs += count * wholeMs;
    this.#minMs = Math.min(this.#minMs, wholeMs);
    this.#maxMs = Math.max(this.#maxMs, wholeMs);
  }

  get minMs(): number {
    return this.#count === 0 ? 0 : this.#minMs;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** Rounded to four digits behind the point. */
  get averageMs(): number {
    return this.#count === 0 ? 0 : Math.round(this.#totalMs / this.#count * 10_000) / 10_000;
  }

  reset(): void {
    this.#count = this.#totalMs = this.#maxMs = 0;
    this.#minMs = Infinity;
  }
}

/** What a server counts for whoever asks it with a four letter word. */
export class ServerStatistics {
  readonly latency = new LatencyStatistics();
  received = 0;
  sent = 0;
  rejectedConnections = 0;
  authenticationFailures = 0;
  expiredSessions = 0;
  snapshots = 0;

  reset(): void {
    this.latency.reset();
    this.received = this.sent = 0;
  }
}

/** What a server counts of one connection. */
export class ConnectionStatistics {
  readonly latency = new LatencyStatistics();
  /** Milliseconds of the wall clock. */
  readonly establishedAtMs: number = Date.now();
  received = 0;
  sent = 0;
  lastOperation = "NA";
  lastXid = -1;
  lastZxid = -1n;
  /** Milliseconds of the monotonic clock. */
  lastResponseMs = 0;
  lastLatencyMs = 0;

  reset(): void {
    this.latency.reset();
    this.received =
      this.sent =
      this.lastResponseMs =
      this.lastLatencyMs =
        0;
    this.lastOperation = "NA";
    this.lastXid = -1;
    this.lastZxid = -1n;
  }
}
