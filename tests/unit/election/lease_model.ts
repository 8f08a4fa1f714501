import { type AcknowledgedWrite, type Lease, leaseBudget } from "../../../src/election/lease.ts";
import type { RandomSource } from "./random_source.ts";
import { Member, Stream, Term, Timeline, type World } from "./quorum_model.ts";

/** How a client works out its lease; the real one, or one that is too weak. */
export interface Rule {
  start: (tickTimeMs: number) => Lease;
  attached: (lease: Lease, attachment: { sentAt: number; sessionTimeoutMs: number }) => Lease;
  acknowledged: (lease: Lease, write: AcknowledgedWrite) => Lease;
}

/** What came of one run. */
export interface Outcome {
  /** How long the session outlived the latest deadline that the client believed in. */
  spareMs: number;
  marginMs: number;
  /** False if the client's clock ran at another rate than the servers'. */
  isClockTrue: boolean;
}

const SERVERS = 3;
const TIMEOUTS_MS = [2000, 4000, 10_000];

/**
 * One client on three servers with random delays, dark links and changes of leader, until its session
 * expires: what it believed, against what happened.
 */
export function runModel(random: RandomSource, rule: Rule): Outcome {
  const sessionTimeoutMs = TIMEOUTS_MS[random.below(TIMEOUTS_MS.length)]!;
  const tickTimeMs = sessionTimeoutMs / (2 + random.below(4));
  const timeline = new Timeline();
  const world: World = { timeline, random, sessionTimeoutMs, tickTimeMs, expiredAt: undefined };
  const ensemble = new Ensemble(world);
  const client = new Client(world, ensemble, rule);
  client.connect();
  const breaks = random.below(4);
  for (let count = 0; count < breaks; count++) {
    timeline.after(random.below(4 * sessionTimeoutMs), () => client.breakSomething());
  }
  timeline.after(random.below(5 * sessionTimeoutMs), () => client.isolate());
  timeline.runUntil(() => world.expiredAt !== undefined, 40 * sessionTimeoutMs);
  // What was acknowledged before may still be on its way.
  const expiredAt = world.expiredAt!;
  timeline.runUntil(() => timeline.now > expiredAt + sessionTimeoutMs, 50 * sessionTimeoutMs);
  const { marginMs } = leaseBudget({ sessionTimeoutMs, tickTimeMs });
  const spareMs = expiredAt - client.believedUntil;
  return { spareMs, marginMs, isClockTrue: client.clockRate === 1 };
}

/** Three servers of which one leads. */
class Ensemble {
  readonly #world: World;
  members: Member[] = [];
  #deposed: Member | undefined;

  constructor(world: World) {
    this.#world = world;
    this.elect();
  }

  /** A new leader; what the old one has not committed by now it never will. */
  elect(): void {
    this.#deposed = this.members.find(({ isLeader }) => isLeader);
    this.#deposed?.term.depose();
    const term = new Term(this.#world);
    const leader = this.#world.random.below(SERVERS);
    this.members = Array.from(
      { length: SERVERS },
      (_, index) => new Member(this.#world, term, index === leader),
    );
    term.start(this.members.filter(({ isLeader }) => !isLeader));
  }

  /** One that takes clients: that may be a leader that has not noticed yet that it is none. */
  any(): Member {
    if (this.#deposed !== undefined && this.#world.random.below(3) === 0) return this.#deposed;
    return this.members[this.#world.random.below(SERVERS)]!;
  }
}

interface Connection {
  member: Member;
  requests: Stream;
  replies: Stream;
}

class Client {
  readonly #world: World;
  readonly #ensemble: Ensemble;
  readonly #rule: Rule;
  readonly clockRate: number;
  readonly #clockOffset: number;
  readonly #pace: "pairs" | "single" | "wild";
  #lease: Lease;
  #connection: Connection | undefined;
  #isIsolated = false;
  #writes = 0;
  /** The latest moment up to which it ever believed in its session, in the time of the servers. */
  believedUntil = -Infinity;

  constructor(world: World, ensemble: Ensemble, rule: Rule) {
    const { random, tickTimeMs } = world;
    this.#world = world;
    this.#ensemble = ensemble;
    this.#rule = rule;
    this.#lease = rule.start(tickTimeMs);
    this.clockRate = random.below(2) === 0 ? 1 : 1 + (random.below(2001) - 1000) / 1e6;
    this.#clockOffset = random.below(1e6);
    this.#pace = (["pairs", "single", "wild"] as const)[random.below(3)]!;
  }

  connect(): void {
    if (this.#isIsolated) return;
    const { sessionTimeoutMs } = this.#world;
    const member = this.#ensemble.any();
    const [requests, replies] = [new Stream(this.#world), new Stream(this.#world)];
    const connection = { member, requests, replies };
    this.#connection = connection;
    const sentAt = this.#clock();
    const attached = () => {
      if (this.#connection !== connection) return;
      this.#believe(this.#rule.attached(this.#lease, { sentAt, sessionTimeoutMs }));
      this.#write(connection);
    };
    requests.send(() => member.attach(() => replies.send(attached)));
    this.#world.timeline.after(sessionTimeoutMs / 3, () => {
      if (this.#connection === connection && this.#lease.attachSentAt !== sentAt) this.connect();
    });
  }

  /** One of the things that a session survives, for a while at least. */
  breakSomething(): void {
    const { random } = this.#world;
    const kind = random.below(3);
    if (kind === 0) this.#ensemble.elect();
    if (kind === 1) this.#darkenLink();
    // Whoever lost its leader or its server connects again, sooner or later.
    if (kind !== 1) this.#world.timeline.after(random.below(500), () => this.connect());
  }

  /** The beginning of the end: no other server can be reached, and this one may be cut off. */
  isolate(): void {
    this.#isIsolated = true;
    if (this.#world.random.below(3) > 0) return this.#darkenLink();
    this.#connection?.requests.darken();
    this.#connection?.replies.darken();
  }

  #darkenLink(): void {
    const { member, requests } = this.#connection!;
    const { random } = this.#world;
    if (member.isLeader) return requests.darken();
    const way = random.below(3);
    if (way !== 0) member.toLeader.darken();
    if (way !== 1) member.fromLeader.darken();
  }

  #write(connection: Connection): void {
    const { timeline, sessionTimeoutMs, tickTimeMs } = this.#world;
    const { member, requests, replies } = connection;
    const number = ++this.#writes;
    const sentAt = this.#clock();
    let isAnswered = false;
    const acknowledged = () => {
      isAnswered = true;
      if (this.#connection === connection) this.#acknowledged(connection, sentAt);
    };
    requests.send(() => member.write(() => replies.send(acknowledged)));
    const { answerLimitMs } = leaseBudget({ sessionTimeoutMs, tickTimeMs });
    timeline.after(answerLimitMs, () => {
      if (!isAnswered && this.#connection === connection && this.#writes === number) this.connect();
    });
  }

  #acknowledged(connection: Connection, sentAt: number): void {
    const write = { sentAt, acknowledgedAt: this.#clock() };
    this.#believe(this.#rule.acknowledged(this.#lease, write));
    this.#world.timeline.after(this.#pauseMs(), () => {
      if (this.#connection === connection) this.#write(connection);
    });
  }

  #believe(lease: Lease): void {
    this.#lease = lease;
    const until = (lease.deadline - this.#clockOffset) / this.clockRate;
    this.believedUntil = Math.max(this.believedUntil, until);
  }

  #pauseMs(): number {
    const { random, sessionTimeoutMs, tickTimeMs } = this.#world;
    const { beatIntervalMs } = leaseBudget({ sessionTimeoutMs, tickTimeMs });
    if (this.#pace === "wild") return random.below(beatIntervalMs * 1.5);
    return this.#pace === "pairs" && this.#writes % 2 === 0 ? 0 : beatIntervalMs;
  }

  #clock(): number {
    return this.#world.timeline.now * this.clockRate + this.#clockOffset;
  }
}
