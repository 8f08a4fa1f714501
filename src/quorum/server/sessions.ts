import { timingSafeEqual } from "node:crypto";
import type { Logger } from "../../log/logger.ts";
import { delay } from "../../async/delay.ts";
import { type Greeting, NO_SESSION, type Welcome } from "./handshake.ts";
import type { Ledger } from "./ledger.ts";
import { newPassword, SessionIds } from "./session_ids.ts";
import { SessionTracker, type TrackedSession } from "./session_tracker.ts";
import { CLOCK_READ_INTERVAL_MS, type StallFreeClock } from "./stall_free_clock.ts";
import type { ServerStatistics } from "./statistics.ts";

/** Who speaks for a session: its newest connection. */
export interface SessionHolder {
  /** The session has another holder, or is over. */
  dismiss(reason: string): void;
}

export interface Session extends TrackedSession {
  holder: SessionHolder | undefined;
}

export interface SessionsOptions {
  readonly ledger: Ledger;
  readonly clock: StallFreeClock;
  readonly settings: {
    readonly tickTimeMs: number;
    readonly minSessionTimeoutMs: number;
    readonly maxSessionTimeoutMs: number;
  };
  readonly statistics: ServerStatistics;
  readonly logger: Logger;
}

/** Standalone servers of ZooKeeper give themselves this id. */
const SERVER_ID = 1;
const NAMED_SESSIONS = 5;

/** All sessions that live, and who holds them. */
export class Sessions {
  readonly tracker: SessionTracker<Session>;
  readonly #options: SessionsOptions;
  readonly #ids: SessionIds;

  /** Sessions that the ledger knows from before begin with their full timeout. */
  constructor(options: SessionsOptions) {
    const { ledger, clock, settings: { tickTimeMs } } = options;
    this.#options = options;
    this.tracker = new SessionTracker({ tickTimeMs, now: () => clock.now() });
    const living = [...ledger.database.sessions()];
    for (const { sessionId, timeoutMs } of living) this.#track(sessionId, timeoutMs);
    this.#ids = new SessionIds({
      serverId: SERVER_ID,
      startedAtMs: Date.now(),
      living: living.map(({ sessionId }) => sessionId),
    });
  }

  /** Gives a client a new session, or the one that it proves to own; then whoever held that is dismissed. */
  welcome(
    greeting: Greeting,
    holder: SessionHolder,
  ): { session: Session | undefined; welcome: Welcome } {
    const timeoutMs = this.#negotiate(greeting.timeoutMs);
    const { sessionId } = greeting;
    if (sessionId === 0n) return this.#create(timeoutMs, holder);
    const session = this.tracker.get(sessionId);
    const { password } = this.#options.ledger.database.session(sessionId) ?? {};
    if (!session || !password || !isSame(password, greeting.password)) {
      return { session: undefined, welcome: NO_SESSION };
    }
    session.holder?.dismiss("the session has a newer connection");
    session.holder = holder;
    session.timeoutMs = timeoutMs;
    this.tracker.touch(session);
    return { session, welcome: { timeoutMs, sessionId, password } };
  }

  /** The connection is gone; the session lives on until it expires. */
  leave(session: Session, holder: SessionHolder): void {
    if (session.holder === holder) session.holder = undefined;
  }

  /** The session was closed by its owner: nobody expires it any more. */
  forget(session: Session): void {
    this.tracker.remove(session);
    session.holder = undefined;
  }

  /** Ends sessions that are silent for too long, until the signal aborts. */
  async expireSilent(signal: AbortSignal): Promise<void> {
    while (true) {
      // Short enough for the clock to notice when this process stood still.
      const pauseMs = Math.min(this.tracker.untilNextEdgeMs(), CLOCK_READ_INTERVAL_MS);
      await delay(Math.ceil(pauseMs), { signal });
      if (this.tracker.untilNextEdgeMs() > 0) continue;
      // What clients have said may still lie in the sockets: it is read before anybody is judged.
      await delay(0, { signal });
      await delay(0, { signal });
      this.#expireAll(this.tracker.takeExpired());
    }
  }

  /** Ends a session as if its time were up; says whether it lived. */
  expire(id: bigint): boolean {
    const session = this.tracker.get(id);
    if (session === undefined) return false;
    this.tracker.remove(session);
    this.#expireAll([session]);
    return true;
  }

  #expireAll(sessions: readonly Session[]): void {
    const { ledger, statistics, logger } = this.#options;
    if (sessions.length === 0) return;
    for (const session of sessions) {
      ledger.closeSession(session.id);
      session.holder?.dismiss("the session expired");
      session.holder = undefined;
    }
    ledger.flush();
    statistics.expiredSessions += sessions.length;
    // One line, however many there are.
    const some = sessions.slice(0, NAMED_SESSIONS).map(({ id }) => formatId(id)).join(",");
    logger.info("sessions expired", { count: sessions.length, sessions: some });
  }

  #create(timeoutMs: number, holder: SessionHolder): { session: Session; welcome: Welcome } {
    const sessionId = this.#ids.next();
    const password = newPassword();
    this.#options.ledger.createSession({ sessionId, timeoutMs, password });
    const session = this.#track(sessionId, timeoutMs);
    session.holder = holder;
    return { session, welcome: { timeoutMs, sessionId, password } };
  }

  #track(id: bigint, timeoutMs: number): Session {
    const session: Session = { id, timeoutMs, edgeMs: 0, holder: undefined };
    this.tracker.add(session);
    return session;
  }

  #negotiate(wantedMs: number): number {
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = this.#options.settings;
    return Math.min(Math.max(wantedMs, minSessionTimeoutMs), maxSessionTimeoutMs);
  }
}

/** As ZooKeeper writes a session's id. */
export function formatId(id: bigint): string {
  return `0x${BigInt.asUintN(64, id).toString(16)}`;
}

function isSame(password: Uint8Array, shown: Uint8Array | null): boolean {
  return shown?.length === password.length && timingSafeEqual(shown, password);
}
