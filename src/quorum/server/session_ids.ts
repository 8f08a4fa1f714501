const SERVER_ID_SHIFT = 56n;
const TIME_BITS = 40;
const COUNT_BITS = 16n;
const PASSWORD_BYTES = 16;

/**
 * Gives out session ids in the layout of ZooKeeper: the server's id in the top byte, 40 bits of the
 * wall clock at its start, a count. An id must not come back after a restart: whoever had it might
 * take the new session's nodes for its own.
 */
export class SessionIds {
  #next: bigint;

  /** `living` are the ids of sessions that outlived the last start, for a clock that was set back. */
  constructor(options: { serverId: number; startedAtMs: number; living: Iterable<bigint> }) {
    const { serverId, startedAtMs, living } = options;
    const top = BigInt(serverId) << SERVER_ID_SHIFT;
    const end = BigInt(serverId + 1) << SERVER_ID_SHIFT;
    const time = BigInt.asUintN(TIME_BITS, BigInt(Math.trunc(startedAtMs)));
    this.#next = top | (time << COUNT_BITS);
    for (const id of living) {
      if (id >= this.#next && id < end) this.#next = id + 1n;
    }
  }

  next(): bigint {
    return this.#next++;
  }
}

/** A password that nobody can derive from the session's id, unlike ZooKeeper's own. */
export function newPassword(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(PASSWORD_BYTES));
}
