/** Time limits of a connection, as ZooKeeper's Java client computes them (ClientCnxn). */
export interface Timing {
  /** A server that was silent for so long is given up; a third of the session is left to move. */
  readTimeoutMs: number;
  /** A ping goes out when nothing else was sent for so long. */
  pingAfterMs: number;
}

const MIN_ATTEMPTS = 4;
const MAX_PING_AFTER_MS = 10_000;
const MAX_RECONNECT_PAUSE_MS = 500;
const MIN_RECONNECT_PAUSE_MS = 20;

/** Timing under the session timeout that was negotiated for this connection. */
export function timingOf(negotiatedTimeoutMs: number): Timing {
  const readTimeoutMs = Math.floor((negotiatedTimeoutMs * 2) / 3);
  const half = readTimeoutMs / 2;
  // The second that long timeouts deduct leaves room for one lost ping.
  const pingAfterMs = half <= 1000 ? half : Math.max(half - 1000, 1000);
  return { readTimeoutMs, pingAfterMs: Math.min(pingAfterMs, MAX_PING_AFTER_MS) };
}

/**
 * Time one server has for TCP and ConnectResponse together, so that all fit into the session. Several
 * attempts fit even on one server: while it starts, it may take a connection and never answer it.
 */
export function connectTimeoutOf(sessionTimeoutMs: number, serverCount: number): number {
  return Math.max(1, Math.floor(sessionTimeoutMs / Math.max(serverCount, MIN_ATTEMPTS)));
}

/**
 * No pause while each server is tried once, then one that doubles with each round, and stays short
 * against the session timeout: what is left of a lease must not be slept through once the servers are
 * back. It is random, so that the clients of a server that restarted do not come back in step.
 */
export function reconnectPauseMs(
  attempts: number,
  serverCount: number,
  options: { sessionTimeoutMs: number; random?: () => number },
): number {
  const { sessionTimeoutMs, random = Math.random } = options;
  const round = Math.floor(attempts / serverCount);
  if (round === 0) return 0;
  const longestMs = clamp(sessionTimeoutMs / 20, MIN_RECONNECT_PAUSE_MS, MAX_RECONNECT_PAUSE_MS);
  const limitMs = Math.min(longestMs, MIN_RECONNECT_PAUSE_MS * 2 ** round);
  return limitMs * (0.5 + random() / 2);
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(Math.max(value, lowest), highest);
}
