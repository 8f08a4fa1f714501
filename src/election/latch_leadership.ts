import {
  isFinal,
  isZkError,
  type SessionState,
  TransactionError,
  untilAnswered,
  WakeUp,
  type Watcher,
} from "zookeeper";
import { AnySignal } from "../async/any_signal.ts";
import { backoff } from "../async/backoff.ts";
import { delay } from "../async/delay.ts";
import type { Logger } from "../log/logger.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { type LatchNode, LatchNodeGoneError, leaveLatch } from "./latch.ts";
import {
  type LeaderAddress,
  type Leadership,
  type LeadershipFence,
  LeadershipLostError,
} from "./leadership.ts";
import { isPublished, type Publication, publish, type Publisher, withdraw } from "./publication.ts";
import { StoppingLimit } from "./stopping_limit.ts";
import type { SwitchoverPart } from "./switchover/part.ts";

/** Pauses between corrections, so that two who correct each other do not use up ZooKeeper's zxids. */
const CORRECTION_PAUSE = { initialMs: 100, maxMs: 30_000 };

const NODE_DELETED = "the latch node was deleted";
const FOREIGN_NODE = "the latch node is of another session";

export interface LatchLeadershipOptions {
  publisher: Publisher;
  node: LatchNode;
  heartbeat: Pick<Heartbeat, "deadline" | "onRenewal" | "hold" | "prove">;
  switchover: Pick<SwitchoverPart, "handover" | "leads" | "published" | typeof Symbol.asyncDispose>;
  /** False ends the leadership as soon as the connection is suspended, as Flink does. */
  tolerateSuspendedConnections: boolean;
  /** Version of the program, for the leader's details. */
  version: string;
  logger: Logger;
  /** Aborts when the candidate stops for good. */
  stopping: AbortSignal;
  /** The monotonic clock. */
  now?: () => number;
}

/**
 * A leadership that is held through the first node of a latch, and for as long as the heartbeat proves
 * that the session lives: a lost connection alone does not end it.
 *
 * Whatever wakes this process up, the deadline is looked at first: after a pause the acknowledgement
 * that would have moved it may be the next thing to be read, but another may lead since.
 */
export class LatchLeadership implements Leadership {
  readonly leaderSessionId: string = crypto.randomUUID();
  readonly #options: LatchLeadershipOptions;
  readonly #now: () => number;
  readonly #lost = new AbortController();
  readonly #renewals = new Set<() => void>();
  readonly #subscriptions: (() => void)[] = [];
  #deadline = Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #publication: Publication | undefined;
  #correction: Promise<void> | undefined;
  #released: Promise<void> | undefined;

  constructor(options: LatchLeadershipOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  get epoch(): bigint {
    return this.#options.node.czxid;
  }

  get fence(): LeadershipFence {
    const { zk, latchPath } = this.#options.publisher;
    return { zk, path: latchPath };
  }

  get lost(): AbortSignal {
    this.#hasRunOut();
    return this.#lost.signal;
  }

  get handover(): AbortSignal {
    return this.#options.switchover.handover;
  }

  deadline(): number {
    this.#hasRunOut();
    return this.#deadline;
  }

  onRenewal(listener: () => void): () => void {
    this.#renewals.add(listener);
    return () => this.#renewals.delete(listener);
  }

  /**
   * Takes office as soon as it is proven, by a write, that the latch node is there and the session
   * has a lease: a server that was cut off from its quorum still answers reads, and knows nothing of
   * a session that expired. Being first is not read again: whoever is, stays so while its node is there.
   * @throws {LatchNodeGoneError}
   */
  async prove(signal: AbortSignal): Promise<void> {
    const { heartbeat, publisher: { zk, latchPath } } = this.#options;
    const onGone = () => this.#lose(NODE_DELETED);
    this.#subscriptions.push(heartbeat.hold({ latchPath, onGone }));
    using either = new AnySignal([signal, this.#lost.signal]);
    try {
      do {
        await Promise.all([this.#readNode(either.signal), heartbeat.prove(either.signal)]);
      } while (!this.#tolerates(zk.state));
      either.signal.throwIfAborted();
    } catch (error) {
      const isGone = this.#lost.signal.aborted || isZkError(error, "NoNode");
      this.#lose("it could not be proven");
      throw isGone ? new LatchNodeGoneError(`${latchPath} was deleted`) : error;
    }
    this.#takeOffice();
  }

  async publish(address: LeaderAddress, options: { signal: AbortSignal }): Promise<void> {
    this.lost.throwIfAborted();
    const details = { ...address, epoch: this.epoch, version: this.#options.version };
    const publication = { leaderSessionId: this.leaderSessionId, details };
    this.#publication = publication;
    using either = new AnySignal([options.signal, this.lost]);
    await this.#publish(publication, either.signal);
    this.#options.switchover.published();
    // Two corrections, each of its own publication, would correct each other.
    this.#correction ??= this.#keepPublished(() => this.#publication ?? publication);
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #publish(publication: Publication, signal: AbortSignal): Promise<void> {
    try {
      // What was written already is found there, and written again.
      await untilAnswered(() => publish(this.#options.publisher, publication, signal), { signal });
    } catch (error) {
      if (error instanceof TransactionError && error.step.kind === "check") {
        this.#lose(NODE_DELETED);
      }
      this.lost.throwIfAborted();
      throw error;
    }
  }

  /** Writes again what somebody else changed or removed, at growing intervals. */
  async #keepPublished(newest: () => Publication): Promise<void> {
    const { publisher, logger } = this.#options;
    using wakeUp = new WakeUp(publisher.zk);
    for (const pauseMs of backoff(CORRECTION_PAUSE)) {
      try {
        await this.#publishedUntilChanged(newest, wakeUp);
        logger.warn("leader information was changed by another, writing it again");
        await delay(pauseMs, { signal: this.lost });
        await this.#publish(newest(), this.lost);
      } catch (error) {
        if (this.lost.aborted) return;
        logger.warn("leader information could not be checked", { error: error as Error });
        await delay(pauseMs, { signal: this.lost }).catch(() => {});
      }
    }
  }

  async #publishedUntilChanged(newest: () => Publication, wakeUp: WakeUp): Promise<void> {
    while (true) {
      wakeUp.reset();
      const options = { watch: wakeUp.wake, signal: this.lost };
      const look = () => isPublished(this.#options.publisher, newest(), options);
      if (!await untilAnswered(look, options)) return;
      await wakeUp.next(this.lost);
    }
  }

  async #release(): Promise<void> {
    this.#lose("it was released");
    await this.#correction;
    await this.#options.switchover[Symbol.asyncDispose]();
    using limit = new StoppingLimit(this.#options.stopping);
    try {
      const isPublic = this.#publication !== undefined;
      if (isPublic && await withdraw(this.#options.publisher, limit.signal)) return;
      await leaveLatch(this.#options.publisher.zk, this.#options.node, limit.signal);
    } catch (error) {
      if (!limit.signal.aborted) throw error;
    }
  }

  #takeOffice(): void {
    const { heartbeat, publisher: { zk } } = this.#options;
    this.#deadline = heartbeat.deadline();
    this.#subscriptions.push(
      heartbeat.onRenewal(() => this.#renew()),
      zk.onStateChange((state) => this.#follow(state)),
    );
    this.#awaitDeadline();
    this.#options.switchover.leads();
  }

  #renew(): void {
    if (this.#hasRunOut()) return;
    this.#deadline = this.#options.heartbeat.deadline();
    this.#awaitDeadline();
    for (const listener of [...this.#renewals]) listener();
  }

  #follow(state: SessionState): void {
    if (this.#hasRunOut()) return;
    if (!this.#tolerates(state)) return this.#lose(`the session is ${state.kind}`);
    // The server tells again of what it deleted, but not of a node that was made anew since.
    if (state.kind === "connected") this.#checkNode();
  }

  #tolerates(state: SessionState): boolean {
    if (state.kind === "connected") return true;
    return this.#options.tolerateSuspendedConnections && !isFinal(state);
  }

  /** Ends the leadership if its deadline has passed; true if it has ended, now or before. */
  #hasRunOut(): boolean {
    const { signal } = this.#lost;
    if (!signal.aborted && this.#now() >= this.#deadline) this.#lose("its lease ran out");
    return signal.aborted;
  }

  #awaitDeadline(): void {
    clearTimeout(this.#timer);
    if (this.#hasRunOut()) return;
    const leftMs = Math.ceil(this.#deadline - this.#now());
    this.#timer = setTimeout(() => this.#awaitDeadline(), leftMs);
  }

  readonly #onNodeEvent: Watcher = ({ kind }) => {
    if (this.#hasRunOut()) return;
    if (kind === "deleted") return this.#lose(NODE_DELETED);
    // Somebody wrote to the node, which used up the watch.
    this.#checkNode();
  };

  #checkNode(): void {
    this.#readNode(this.#lost.signal).catch((error) => {
      if (!isFinal(this.#options.publisher.zk.state)) this.#loseBy(error);
    });
  }

  /**
   * Makes sure that the node is the one that this session made, and watches it.
   * @throws {LatchNodeGoneError} if it is another's
   */
  async #readNode(signal: AbortSignal): Promise<void> {
    const { publisher: { zk, latchPath }, node } = this.#options;
    // As for the predecessor, the data is read: `exists` leaves a watch behind on a node that is gone.
    const read = () => zk.getData(latchPath, { watch: this.#onNodeEvent, signal });
    const { stat } = await untilAnswered(read, { signal });
    const isOwn = stat.ephemeralOwner === zk.credentials.id && stat.czxid === node.czxid;
    if (!isOwn) throw new LatchNodeGoneError(FOREIGN_NODE);
  }

  #loseBy(error: unknown): void {
    if (error instanceof LatchNodeGoneError) return this.#lose(error.message);
    this.#lose(isZkError(error, "NoNode") ? NODE_DELETED : String(error));
  }

  #lose(why: string): void {
    if (this.#lost.signal.aborted) return;
    clearTimeout(this.#timer);
    for (const unsubscribe of this.#subscriptions.splice(0)) unsubscribe();
    this.#deadline = Math.min(this.#deadline, this.#now());
    this.#lost.abort(new LeadershipLostError(`Leadership ended: ${why}`));
  }
}
