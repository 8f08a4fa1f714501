/** A session as long as it is tracked. */
export interface TrackedSession {
  readonly id: bigint;
  /** As the newest connection negotiated it; in milliseconds. */
  timeoutMs: number;
  /** When the session expires unless it is touched: a multiple of the tick. */
  edgeMs: number;
}

/**
 * Knows which sessions have been silent for too long. They expire together at the edges of ticks, as
 * in ZooKeeper's ExpiryQueue: not before the timeout has passed, and no later than a tick behind it.
 */
export class SessionTracker<S extends TrackedSession> {
  readonly #tickMs: number;
  readonly #now: () => number;
  readonly #sessions = new Map<bigint, S>();
  readonly #buckets = new Map<number, Set<S>>();
  /** No bucket lies before it. */
  #nextEdgeMs: number;

  constructor(options: { tickTimeMs: number; now: () => number }) {
    this.#tickMs = options.tickTimeMs;
    this.#now = options.now;
    this.#nextEdgeMs = this.#edgeAfter(this.#now());
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(id: bigint): S | undefined {
    return this.#sessions.get(id);
  }

  [Symbol.iterator](): IterableIterator<S> {
    return this.#sessions.values();
  }

  /** Tracks a session with its full timeout from now on. */
  add(session: S): void {
    this.#sessions.set(session.id, session);
    session.edgeMs = this.#edgeAfter(this.#now() + session.timeoutMs);
    this.#bucket(session.edgeMs).add(session);
  }

  /** The session was heard of: its timeout begins anew. */
  touch(session: S): void {
    if (this.#sessions.get(session.id) !== session) return;
    const edgeMs = this.#edgeAfter(this.#now() + session.timeoutMs);
    if (edgeMs === session.edgeMs) return;
    this.#buckets.get(session.edgeMs)?.delete(session);
    session.edgeMs = edgeMs;
    this.#bucket(edgeMs).add(session);
  }

  remove(session: S): void {
    if (!this.#sessions.delete(session.id)) return;
    this.#buckets.get(session.edgeMs)?.delete(session);
  }

  /** Milliseconds until sessions may expire. */
  untilNextEdgeMs(): number {
    return Math.max(0, this.#nextEdgeMs - this.#now());
  }

  /** Takes out the sessions whose time is up. */
  takeExpired(): S[] {
    const nowMs = this.#now();
    const expired: S[] = [];
    for (; this.#nextEdgeMs <= nowMs; this.#nextEdgeMs += this.#tickMs) {
      // One by one: they may be more than a call takes arguments.
      for (const session of this.#buckets.get(this.#nextEdgeMs) ?? []) expired.push(session);
      this.#buckets.delete(this.#nextEdgeMs);
    }
    for (const { id } of expired) this.#sessions.delete(id);
    return expired;
  }

  /** The edges at which sessions are to expire, each with its sessions, the next one first. */
  edges(): { inMs: number; sessions: ReadonlySet<S> }[] {
    const nowMs = this.#now();
    return [...this.#buckets]
      .filter(([, sessions]) => sessions.size > 0)
      .sort(([left], [right]) => left - right)
      .map(([edgeMs, sessions]) => ({ inMs: edgeMs - nowMs, sessions }));
  }

  #edgeAfter(timeMs: number): number {
    return (Math.floor(timeMs / this.#tickMs) + 1) * this.#tickMs;
  }

  #bucket(edgeMs: number): Set<S> {
    const present = this.#buckets.get(edgeMs);
    if (present !== undefined) return present;
    const bucket = new Set<S>();
    this.#buckets.set(edgeMs, bucket);
    return bucket;
  }
}
