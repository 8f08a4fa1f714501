import {
  isFinal,
  isZkError,
  TransactionError,
  type TransactionStep,
  untilAnswered,
} from "zookeeper";
import { AnySignal } from "../async/any_signal.ts";
import { backoff } from "../async/backoff.ts";
import { delay } from "../async/delay.ts";
import type { Logger } from "../log/logger.ts";
import { type LatchNode, LatchNodeGoneError, leaveLatch } from "./latch.ts";
import { type LeaderAddress, type Leadership, LeadershipLostError } from "./leadership.ts";
import {
  isPublished,
  type Publication,
  publish,
  type Publisher,
  withdrawSteps,
} from "./publication.ts";
import { StoppingLimit } from "./stopping_limit.ts";
import { WakeUp } from "./wake_up.ts";

/** Pauses between corrections, so that two who correct each other do not use up ZooKeeper's zxids. */
const CORRECTION_PAUSE = { initialMs: 100, maxMs: 30_000 };

const NODE_DELETED = "the latch node was deleted";

export interface LatchLeadershipOptions {
  publisher: Publisher;
  node: LatchNode;
  /** Version of the program, for the leader's details. */
  version: string;
  logger: Logger;
  /** Aborts when the candidate stops for good. */
  stopping: AbortSignal;
}

/**
 * A leadership that is held through the first node of a latch. It ends when the connection is
 * suspended, since from then on the server may give it away without our hearing of it.
 */
export class LatchLeadership implements Leadership {
  readonly leaderSessionId: string = crypto.randomUUID();
  readonly #options: LatchLeadershipOptions;
  readonly #lost = new AbortController();
  readonly #unsubscribe: () => void;
  #publication: Publication | undefined;
  #correction: Promise<void> | undefined;
  #released: Promise<void> | undefined;

  constructor(options: LatchLeadershipOptions) {
    this.#options = options;
    const { zk } = options.publisher;
    this.#unsubscribe = zk.onStateChange(({ kind }) => this.#lose(`the session is ${kind}`));
    if (zk.state.kind !== "connected") this.#lose(`the session is ${zk.state.kind}`);
  }

  get epoch(): bigint {
    return this.#options.node.czxid;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Makes sure, by a write, that the latch node is there: a server that was cut off from its quorum
   * still answers reads, and knows nothing of a session that expired.
   * @returns false if the connection was lost meanwhile, and the queue is to be read again
   * @throws {LatchNodeGoneError}
   */
  async prove(signal: AbortSignal): Promise<boolean> {
    const { zk, latchPath } = this.#options.publisher;
    const check = zk.multi([{ kind: "check", path: latchPath }], { signal });
    try {
      await Promise.all([this.#watchNode(), check]);
      return !this.lost.aborted;
    } catch (error) {
      const isLostAlready = this.lost.aborted;
      this.#lose("it could not be proven");
      if (isLostAlready || isZkError(error, "ConnectionLoss")) return false;
      if (isZkError(error, "NoNode")) throw new LatchNodeGoneError(`${latchPath} was deleted`);
      throw error;
    }
  }

  async publish(address: LeaderAddress, options: { signal: AbortSignal }): Promise<void> {
    this.lost.throwIfAborted();
    const details = { ...address, epoch: this.epoch, version: this.#options.version };
    const publication = { leaderSessionId: this.leaderSessionId, details };
    this.#publication = publication;
    using either = new AnySignal([options.signal, this.lost]);
    await this.#publish(publication, either.signal);
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
      await publish(this.#options.publisher, publication, signal);
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
      if (!await isPublished(this.#options.publisher, newest(), options)) return;
      await wakeUp.next(this.lost);
    }
  }

  async #release(): Promise<void> {
    this.#lose("it was released");
    await this.#correction;
    using limit = new StoppingLimit(this.#options.stopping);
    try {
      if (this.#publication !== undefined && await this.#withdraw(limit.signal)) return;
      await leaveLatch(this.#options.publisher.zk, this.#options.node, limit.signal);
    } catch (error) {
      if (!limit.signal.aborted) throw error;
    }
  }

  /**
   * Takes back information and latch in one transaction, so that whoever sees no leader can become
   * one. False if the latch node cannot be deleted.
   */
  async #withdraw(signal: AbortSignal): Promise<boolean> {
    const { zk, layout, latchPath } = this.#options.publisher;
    // The latch comes first: without it the information may be a successor's, and nothing is done.
    let steps: TransactionStep[] = [{ kind: "delete", path: latchPath }, ...withdrawSteps(layout)];
    while (true) {
      try {
        await untilAnswered(() => zk.multi(steps, { signal }), { signal });
        return true;
      } catch (error) {
        if (isFinal(zk.state)) return true;
        if (!(error instanceof TransactionError)) throw error;
        if (error.index === 0) return error.code === "NoNode";
        // Somebody else removed this node, or made one of it that cannot be deleted.
        steps = steps.filter((step) => step !== error.step);
      }
    }
  }

  async #watchNode(): Promise<void> {
    const { zk, latchPath } = this.#options.publisher;
    // As for the predecessor, the data is read: `exists` leaves a watch behind on a node that is gone.
    await zk.getData(latchPath, {
      watch: ({ kind }) => {
        if (kind === "deleted") return this.#lose(NODE_DELETED);
        // Somebody wrote to the node, which used up the watch.
        if (!this.lost.aborted) this.#watchNode().catch((error) => this.#loseBy(error));
      },
      signal: this.lost,
    });
  }

  #loseBy(error: unknown): void {
    this.#lose(isZkError(error, "NoNode") ? NODE_DELETED : String(error));
  }

  #lose(why: string): void {
    this.#unsubscribe();
    if (!this.lost.aborted) this.#lost.abort(new LeadershipLostError(`Leadership ended: ${why}`));
  }
}
