/**
 * Until when a ZooKeeper session surely lives, worked out from acknowledged writes alone. Pings, reads
 * and `sync` prove nothing: a follower that was cut off from its leader goes on answering them for
 * seconds after the leader has ended the session. All times are those of one monotonic clock.
 *
 * The rule. Of writes on one connection, the acknowledgement of the last one proves that the session
 * lives until `sentAt + session timeout` of an earlier one, its anchor, if between the two a third,
 * the relay, was sent more than half a server tick after the anchor's acknowledgement:
 * 1. A follower keeps the anchor's touch of the session to itself, and hands it to the leader in its
 *    answer to the leader's next PING. There is one each half tick, so one was sent after the
 *    anchor's acknowledgement and before the commit of the relay. Both travel in one stream, so the
 *    follower has answered the PING when the relay is acknowledged.
 * 2. The last write is sent after that, so it follows this answer in the stream to the leader: when
 *    the leader commits it, it has taken the touch, and at a time that is not before `sentAt`.
 * 3. A later leader starts each session's timeout anew when it takes over. The quorum that committed
 *    the last write knew no later leader, so that is later than `sentAt` too.
 *
 * The handshake is an anchor that needs no relay: a session is created by a transaction of the leader,
 * and a session that comes back is validated, and touched, at the leader itself (LearnerHandler,
 * REVALIDATE). A server drops its clients together with its leader, so it is the same leader that
 * commits the connection's writes: any of them proves the touch by the handshake.
 * @module
 */

/** What a session was granted, and by what kind of server. */
export interface LeaseTerms {
  sessionTimeoutMs: number;
  /** The server's tick as configured; taken at most half the session timeout, as servers do. */
  tickTimeMs: number;
}

/** The time spans of a heartbeat, and what lease they leave. */
export interface LeaseBudget {
  /** How much earlier than its proof a lease ends. */
  marginMs: number;
  /** A leader's pause between an acknowledgement and the next beat; each beat is two writes. */
  beatIntervalMs: number;
  /** The same for those who wait: they must own a lease when their turn comes, not a long one. */
  standbyIntervalMs: number;
  /** A server that has not acknowledged a write for so long is left for another. */
  answerLimitMs: number;
  /** The leader's lease just before the next acknowledgement, if answers take no time: its shortest. */
  heldMs: number;
}

/** A lease and what it may still grow from; a value that is never changed. */
export interface Lease {
  /** Until when the session surely lives, less the margin; -Infinity before the first proof. */
  readonly deadline: number;
  readonly tickTimeMs: number;
  /** The shortest timeout that the session was ever granted. */
  readonly sessionTimeoutMs: number;
  /** Moment just before the ConnectRequest of the connection in use. */
  readonly attachSentAt: number;
  /** Those of this connection that can still be an anchor, in their order. */
  readonly writes: readonly AcknowledgedWrite[];
}

/** A quorum write: the moments just before it was sent, and when its acknowledgement was read. */
export interface AcknowledgedWrite {
  sentAt: number;
  acknowledgedAt: number;
}

const MIN_MARGIN_MS = 100;
const MIN_SLACK_MS = 20;
/** Of the slack: what the leader's PINGs may be late; servers without a free core were 50 ms late. */
const PING_SHARE = 0.85;

/** How often is to be written, and what lease that leaves. */
export function leaseBudget(terms: LeaseTerms): LeaseBudget {
  const { sessionTimeoutMs } = terms;
  const halfTickMs = halfTick(terms);
  // For clocks that run at different rates (0.1 %), for timers that fire late, and for the time that
  // it takes to kill what a leader runs.
  const marginMs = Math.max(MIN_MARGIN_MS, sessionTimeoutMs / 20);
  const beatIntervalMs = halfTickMs + slack(halfTickMs);
  // The oldest anchor is two pauses old when the next beat is about to be acknowledged.
  const heldMs = sessionTimeoutMs - marginMs - 2 * beatIntervalMs;
  const standbyHeldMs = sessionTimeoutMs / 4;
  const standbyMs = (sessionTimeoutMs - marginMs - standbyHeldMs) / 2;
  return {
    marginMs,
    beatIntervalMs,
    standbyIntervalMs: Math.max(beatIntervalMs, standbyMs),
    // What is left of the lease then is for finding another server.
    answerLimitMs: Math.min(sessionTimeoutMs / 3, Math.max(sessionTimeoutMs / 10, heldMs / 2)),
    heldMs,
  };
}

/** The lease of a session of which nothing is known yet. */
export function newLease(tickTimeMs: number): Lease {
  return {
    deadline: -Infinity,
    tickTimeMs,
    sessionTimeoutMs: Infinity,
    attachSentAt: -Infinity,
    writes: [],
  };
}

/**
 * The session is on a new connection: proofs start again, and the deadline that was earned stays. Only
 * a server that grants less time brings it closer, since a server counts by its newest connection.
 */
export function attached(
  lease: Lease,
  attachment: { sentAt: number; sessionTimeoutMs: number },
): Lease {
  const { sentAt } = attachment;
  // A follower may still hand in a touch that it took under an earlier, shorter timeout, and a new
  // leader starts with the one that the session was created with.
  const sessionTimeoutMs = Math.min(lease.sessionTimeoutMs, attachment.sessionTimeoutMs);
  const renewed = { ...lease, sessionTimeoutMs, attachSentAt: sentAt, writes: [] };
  return { ...renewed, deadline: Math.min(lease.deadline, provenUntil(renewed, sentAt)) };
}

/** A write of the connection in use was acknowledged; it was sent after the one before was. */
export function acknowledged(lease: Lease, write: AcknowledgedWrite): Lease {
  const anchorSentAt = newestAnchor(lease, write);
  const writes = [...lease.writes, write].filter(({ sentAt }) => sentAt > anchorSentAt);
  return { ...lease, writes, deadline: Math.max(lease.deadline, provenUntil(lease, anchorSentAt)) };
}

function newestAnchor(lease: Lease, last: AcknowledgedWrite): number {
  const relay = lease.writes.findLast(({ acknowledgedAt }) => acknowledgedAt <= last.sentAt);
  if (relay === undefined) return lease.attachSentAt;
  const anchor = lease.writes.findLast(({ acknowledgedAt }) =>
    relay.sentAt - acknowledgedAt > relayAfterMs(lease)
  );
  return anchor?.sentAt ?? lease.attachSentAt;
}

function provenUntil(lease: Lease, touchedAt: number): number {
  const { marginMs } = leaseBudget(lease);
  return touchedAt + lease.sessionTimeoutMs - marginMs;
}

/** What is left of the slack is for our timers, which fire late, and early by a hair at most. */
function relayAfterMs(terms: LeaseTerms): number {
  const halfTickMs = halfTick(terms);
  return halfTickMs + PING_SHARE * slack(halfTickMs);
}

function halfTick({ tickTimeMs, sessionTimeoutMs }: LeaseTerms): number {
  return Math.min(tickTimeMs, sessionTimeoutMs / 2) / 2;
}

/** The leader's PINGs are not quite on time, nor are our timers: a tenth of a tick. */
function slack(halfTickMs: number): number {
  return Math.max(MIN_SLACK_MS, halfTickMs / 5);
}
