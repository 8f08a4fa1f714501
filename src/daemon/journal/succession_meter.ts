import type { LeaderInformation } from "../../election/leadership.ts";

/** How a leader was seen to follow on another. */
export interface Succession {
  leaderSessionId: string;
  /** Who led before; undefined if nobody was seen leading. */
  predecessor: LeaderInformation | undefined;
  /** When the predecessor was seen to go, for people. */
  endedAt: string | null;
  /** For how long nobody could be found as the leader; null if that was not seen from end to end. */
  gapMs: number | null;
}

/** What is seen so soon after a connection came back may have happened while there was none. */
const DARK_MS = 1000;

/** Measures, by the monotonic clock, for how long nobody can be found as the leader. */
export class SuccessionMeter {
  readonly #now: () => number;
  readonly #wallClock: () => Date;
  #leader: LeaderInformation | undefined;
  #leaderSeenAt = -Infinity;
  #gone: { leader: LeaderInformation; at: number; endedAt: string; isSeen: boolean } | undefined;
  #litSince = -Infinity;
  #succession: Succession | undefined;

  constructor(
    now: () => number = () => performance.now(),
    wallClock: () => Date = () => new Date(),
  ) {
    this.#now = now;
    this.#wallClock = wallClock;
  }

  /** How the leader of now followed on the one before; undefined while there is none. */
  get succession(): Succession | undefined {
    return this.#succession;
  }

  /** Whether there is a connection over which a leader's end is heard of when it happens. */
  connected(isConnected: boolean): void {
    if (!isConnected) this.#litSince = Infinity;
    else if (this.#litSince === Infinity) this.#litSince = this.#now();
  }

  saw(leader: LeaderInformation | undefined): void {
    const before = this.#leader;
    if (leader?.leaderSessionId === before?.leaderSessionId) return;
    this.#leader = leader;
    const now = this.#now();
    if (before !== undefined) this.#goes(before, now);
    if (leader !== undefined) this.#comes(leader, now);
    else this.#succession = undefined;
  }

  #goes(leader: LeaderInformation, at: number): void {
    const isSeen = this.#leaderSeenAt > this.#litSince || at - this.#litSince >= DARK_MS;
    this.#gone = { leader, at, endedAt: this.#wallClock().toISOString(), isSeen };
  }

  #comes({ leaderSessionId }: LeaderInformation, now: number): void {
    const gone = this.#gone;
    this.#gone = undefined;
    this.#leaderSeenAt = now;
    const isMeasured = gone !== undefined && gone.isSeen && this.#litSince < gone.at &&
      now > gone.at;
    this.#succession = {
      leaderSessionId,
      predecessor: gone?.leader,
      endedAt: gone?.endedAt ?? null,
      gapMs: isMeasured ? Math.round((now - gone.at) * 10) / 10 : null,
    };
  }
}
