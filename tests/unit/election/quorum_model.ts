import { leaseBudget } from "../../../src/election/lease.ts";
import type { RandomSource } from "./random_source.ts";

/** What all parts of the model share. */
export interface World {
  timeline: Timeline;
  random: RandomSource;
  sessionTimeoutMs: number;
  tickTimeMs: number;
  /** When the leader ended the session. */
  expiredAt: number | undefined;
}

/** Time that jumps from event to event. */
export class Timeline {
  now = 0;
  readonly #events: { at: number; act: () => void }[] = [];

  after(ms: number, act: () => void): void {
    const at = this.now + ms;
    let index = this.#events.length;
    while (index > 0 && this.#events[index - 1]!.at <= at) index--;
    this.#events.splice(index, 0, { at, act });
  }

  runUntil(isDone: () => boolean, limitMs: number): void {
    while (!isDone()) {
      const event = this.#events.pop();
      if (event === undefined) return;
      if (event.at > limitMs) throw new Error(`The model did not end within ${limitMs} ms`);
      this.now = event.at;
      event.act();
    }
  }
}

/** One direction of a connection: in order, with random delays, until it goes dark. */
export class Stream {
  readonly #world: World;
  #busyUntil = 0;
  #isDark = false;
  #deliversLate = false;

  constructor(world: World) {
    this.#world = world;
  }

  send(deliver: () => void): void {
    if (this.#isDark) return;
    const { timeline, random, tickTimeMs } = this.#world;
    // Mostly quick, and now and then as slow as half a tick.
    const delayMs = random.below(20) === 0 ? random.below(tickTimeMs / 2) : random.below(20);
    this.#busyUntil = Math.max(this.#busyUntil, timeline.now) + delayMs;
    timeline.after(this.#busyUntil - timeline.now, () => {
      if (!this.#isDark || this.#deliversLate) deliver();
    });
  }

  /** Takes nothing more; what is under way is lost, or still gets through. */
  darken(): void {
    this.#deliversLate = this.#world.random.below(2) === 0;
    this.#isDark = true;
  }
}

/** The reign of one leader over the session: its tracker of expiries, and its commits. */
export class Term {
  readonly #world: World;
  /** Where a server that leads checks for expiries: at the end of each of these. */
  readonly #bucketMs: number;
  #isOver = false;
  #expiresAt = Infinity;

  constructor(world: World) {
    this.#world = world;
    this.#bucketMs = world.random.below(2) === 0 ? 1 : world.tickTimeMs;
  }

  /** A new leader gives each session its full timeout. */
  start(followers: readonly Member[]): void {
    this.touch();
    this.#ping(followers);
  }

  depose(): void {
    this.#isOver = true;
  }

  touch(): void {
    if (this.#isOver || this.#world.expiredAt !== undefined) return;
    const { timeline, sessionTimeoutMs } = this.#world;
    const at = timeline.now + sessionTimeoutMs;
    const expiresAt = (Math.floor(at / this.#bucketMs) + 1) * this.#bucketMs;
    this.#expiresAt = expiresAt;
    timeline.after(expiresAt - timeline.now, () => {
      if (!this.#isOver && this.#expiresAt === expiresAt) this.#world.expiredAt ??= timeline.now;
    });
  }

  /** Commits once a quorum has it; never if the reign or the session has ended by then. */
  commit(onCommit: () => void): void {
    const { timeline, random } = this.#world;
    timeline.after(random.below(20), () => {
      if (!this.#isOver && this.#world.expiredAt === undefined) onCommit();
    });
  }

  #ping(followers: readonly Member[]): void {
    if (this.#isOver || this.#world.expiredAt !== undefined) return;
    for (const follower of followers) follower.ping();
    const { timeline, random, tickTimeMs, sessionTimeoutMs } = this.#world;
    const { beatIntervalMs } = leaseBudget({ tickTimeMs, sessionTimeoutMs });
    // Late at times, by less than the slack leaves room for.
    const lateMs = (beatIntervalMs - tickTimeMs / 2) * 0.85 * (random.below(1000) / 1000);
    timeline.after(tickTimeMs / 2 + lateMs, () => this.#ping(followers));
  }
}

/** A server under one leader; the leader itself hands nothing on. */
export class Member {
  readonly term: Term;
  readonly isLeader: boolean;
  readonly toLeader: Stream;
  readonly fromLeader: Stream;
  #isTouched = false;

  constructor(world: World, term: Term, isLeader: boolean) {
    this.term = term;
    this.isLeader = isLeader;
    this.toLeader = new Stream(world);
    this.fromLeader = new Stream(world);
  }

  /** A session comes back: the leader itself says whether it lives, and touches it. */
  attach(reply: () => void): void {
    this.#askLeader(() => {
      this.term.touch();
      this.#answer(reply);
    });
  }

  /** The touch stays here, unless this is the leader; the write goes on. */
  write(reply: () => void): void {
    if (this.isLeader) this.term.touch();
    else this.#isTouched = true;
    this.#askLeader(() => this.term.commit(() => this.#answer(reply)));
  }

  /** The leader's PING, and its answer, which carries the touches. */
  ping(): void {
    this.fromLeader.send(() => {
      const isTouched = this.#isTouched;
      this.#isTouched = false;
      this.toLeader.send(() => {
        if (isTouched) this.term.touch();
      });
    });
  }

  #askLeader(act: () => void): void {
    if (this.isLeader) act();
    else this.toLeader.send(act);
  }

  #answer(reply: () => void): void {
    if (this.isLeader) reply();
    else this.fromLeader.send(reply);
  }
}
