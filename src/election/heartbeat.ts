import {
  type Acl,
  isFinal,
  isZkError,
  joinPath,
  OPEN_ACL,
  type SessionState,
  TransactionError,
  type TransactionStep,
  WakeUp,
  type ZooKeeper,
} from "zookeeper";
import { abortable } from "../async/abortable.ts";
import type { Logger } from "../log/logger.ts";
import type { ElectionLayout } from "./layout.ts";
import {
  acknowledged,
  type AcknowledgedWrite,
  attached,
  type Lease,
  leaseBudget,
  newLease,
} from "./lease.ts";
import { encodeRegistration, register } from "./registration.ts";

export interface HeartbeatOptions {
  layout: ElectionLayout;
  /** Name of this master, which others read in its registration node. */
  participant: string;
  /** Version of the program, for the registration. */
  version: string;
  /** The process, for the registration. */
  process?: { pid: number; startedAt: string };
  /** ACL of the registration node; open if left out. */
  acl?: readonly Acl[];
  /** tickTime of the servers. */
  tickTimeMs: number;
  logger: Logger;
  observer?: HeartbeatObserver;
}

/** Hears of each write of a heartbeat; must not throw. */
export interface HeartbeatObserver {
  heartbeatAnswered(latencyMs: number): void;
  /** It was not acknowledged. */
  heartbeatFailed(): void;
}

/** What a leader adds to the heartbeat while it holds its latch node. */
export interface Hold {
  /** Each beat checks this node, which it never writes to: others watch its data. */
  latchPath: string;
  /** The node is not there any more. */
  onGone: () => void;
}

/**
 * The proof that a session lives: writes its own registration node again and again, and works out
 * from the acknowledgements until when the session surely lives. One for each session; it goes on
 * from campaign to campaign, so that whoever wins has a lease already.
 */
export class Heartbeat implements AsyncDisposable {
  readonly #zk: ZooKeeper;
  readonly #logger: Logger;
  readonly #observer: HeartbeatObserver | undefined;
  readonly #registration: { path: string; data: Uint8Array; acl: readonly Acl[] };
  readonly #stop = new AbortController();
  readonly #wakeUp: WakeUp;
  readonly #unsubscribe: () => void;
  readonly #renewals = new Set<() => void>();
  readonly #running: Promise<void>;
  #lease: Lease;
  #hold: Hold | undefined;
  readonly #asked = new Set<PromiseWithResolvers<void>>();
  #lastProblem: string | undefined;

  constructor(zk: ZooKeeper, options: HeartbeatOptions) {
    const { layout, acl = OPEN_ACL } = options;
    this.#zk = zk;
    this.#logger = options.logger;
    this.#observer = options.observer;
    const path = joinPath(layout.masters, crypto.randomUUID());
    this.#registration = { path, data: encodeRegistration(options), acl };
    this.#lease = newLease(options.tickTimeMs);
    this.#unsubscribe = zk.onStateChange((state) => this.#follow(state));
    this.#follow(zk.state);
    this.#wakeUp = new WakeUp(zk);
    this.#running = this.#run(this.#stop.signal);
  }

  /** Until when the session surely lives, as performance.now() counts; -Infinity while unknown. */
  deadline(): number {
    return this.#lease.deadline;
  }

  /** Calls the listener whenever the deadline may have moved; returns the function that ends this. */
  onRenewal(listener: () => void): () => void {
    this.#renewals.add(listener);
    return () => this.#renewals.delete(listener);
  }

  /** Beats at a leader's pace, and checks its latch node each time, until what is returned is called. */
  hold(hold: Hold): () => void {
    this.#hold = hold;
    this.#wakeUp.wake();
    return () => {
      if (this.#hold === hold) this.#hold = undefined;
    };
  }

  /**
   * Beats now, and resolves once a beat that began after this call is acknowledged and a lease is
   * running, over however many beats and connections that takes.
   * @throws {ZkError} if the write is refused, or the session ends
   */
  async prove(signal: AbortSignal): Promise<void> {
    // Throws how the session ended: there will be no more beats.
    if (isFinal(this.#zk.state)) await this.#zk.connected({ signal });
    this.#stop.signal.throwIfAborted();
    const asked = Promise.withResolvers<void>();
    this.#asked.add(asked);
    this.#wakeUp.wake();
    await abortable(asked.promise, signal);
  }

  /** Ends the heartbeat; its registration goes with the session. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("The heartbeat was ended"));
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !isFinal(this.#zk.state)) {
      try {
        await this.#zk.connected({ signal });
        this.#wakeUp.reset();
        await this.#beat(signal);
        await this.#pause(signal);
      } catch (error) {
        if (!isZkError(error, "ConnectionLoss")) await this.#failed(error, signal);
      }
    }
    this.#unsubscribe();
    this.#wakeUp[Symbol.dispose]();
    this.#rejectAsked(await this.#zk.connected({ signal }).catch((error) => error));
  }

  /**
   * Two writes: the second is the last write of the rule, with it the first is a relay already. Who
   * asked is answered behind the second, since the first one moves the lease of a standby but little;
   * at once where the lease is long anyway, as after the beat by which a standby says that it is ready.
   */
  async #beat(signal: AbortSignal): Promise<void> {
    const asked = [...this.#asked];
    const { sessionTimeoutMs } = this.#lease;
    if (await this.#write(signal)) this.#answer(asked, { leftMs: sessionTimeoutMs / 2 });
    if (await this.#write(signal)) this.#answer(asked, { leftMs: 0 });
  }

  /** Answers those who asked, if more than so much of the lease is left. */
  #answer(asked: readonly PromiseWithResolvers<void>[], { leftMs }: { leftMs: number }): void {
    if (this.#lease.deadline - performance.now() <= leftMs) return;
    for (const one of asked) {
      one.resolve();
      this.#asked.delete(one);
    }
  }

  /** One write, and what its answer proves; false if nothing was acknowledged. */
  async #write(signal: AbortSignal): Promise<boolean> {
    const { state } = this.#zk;
    if (state.kind !== "connected") return false;
    const hold = this.#hold;
    const sentAt = performance.now();
    try {
      const steps = this.#steps(hold);
      await this.#answered(() => this.#zk.multi(steps, { signal }));
    } catch (error) {
      const isUnanswered = !signal.aborted && !(error instanceof TransactionError);
      if (isUnanswered) this.#observer?.heartbeatFailed();
      await this.#refused(error, hold, signal);
      return false;
    }
    this.#lastProblem = undefined;
    const acknowledgedAt = performance.now();
    this.#observer?.heartbeatAnswered(acknowledgedAt - sentAt);
    // Proofs start again with each connection.
    if (this.#zk.state === state) this.#renew({ sentAt, acknowledgedAt });
    return true;
  }

  #steps(hold: Hold | undefined): TransactionStep[] {
    const { path, data } = this.#registration;
    const check: TransactionStep[] = hold ? [{ kind: "check", path: hold.latchPath }] : [];
    return [...check, { kind: "setData", path, data }];
  }

  /**
   * Leaves the server if it takes too long: one that is cut off from its quorum, or frozen behind a
   * working network, is not noticed by its pings, or too late for the lease.
   */
  async #answered(write: () => Promise<unknown>): Promise<void> {
    const { answerLimitMs } = leaseBudget(this.#lease);
    const timer = setTimeout(() => {
      const reason = new Error(`No heartbeat was acknowledged for ${Math.round(answerLimitMs)} ms`);
      this.#zk.reconnect(reason);
    }, answerLimitMs);
    try {
      await write();
    } finally {
      clearTimeout(timer);
    }
  }

  async #refused(error: unknown, hold: Hold | undefined, signal: AbortSignal): Promise<void> {
    if (!(error instanceof TransactionError) || error.code !== "NoNode") throw error;
    if (error.step.kind === "check") {
      if (this.#hold === hold) this.#hold = undefined;
      this.#rejectAsked(error);
      return hold?.onGone();
    }
    await this.#answered(() => register(this.#zk, this.#registration, signal));
    this.#wakeUp.wake();
  }

  #renew(write: AcknowledgedWrite): void {
    this.#lease = acknowledged(this.#lease, write);
    this.#tell();
  }

  /** Something other than the connection is in the way: it is told, and tried again with the next beat. */
  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    this.#rejectAsked(error);
    if (signal.aborted || isFinal(this.#zk.state)) return;
    const { message } = error as Error;
    if (message !== this.#lastProblem) {
      const { path } = this.#registration;
      this.#logger.warn("heartbeat failed", { path, error: error as Error });
    }
    this.#lastProblem = message;
    await this.#pause(signal).catch(() => {});
  }

  #rejectAsked(error: unknown): void {
    for (const { reject } of this.#asked) reject(error);
    this.#asked.clear();
  }

  /** Waits until the next beat is due, or something happens that makes it due. */
  async #pause(signal: AbortSignal): Promise<void> {
    const { beatIntervalMs, standbyIntervalMs } = leaseBudget(this.#lease);
    const intervalMs = this.#hold === undefined ? standbyIntervalMs : beatIntervalMs;
    const timer = setTimeout(this.#wakeUp.wake, Math.ceil(intervalMs));
    try {
      await this.#wakeUp.next(signal);
    } finally {
      clearTimeout(timer);
    }
  }

  #follow(state: SessionState): void {
    if (state.kind !== "connected") return;
    const { attachSentAt: sentAt, negotiatedTimeoutMs: sessionTimeoutMs } = state;
    if (sessionTimeoutMs < this.#lease.sessionTimeoutMs) this.#compareTicks(sessionTimeoutMs);
    this.#lease = attached(this.#lease, { sentAt, sessionTimeoutMs });
    this.#tell();
  }

  // A server grants two of its ticks at least, unless its minSessionTimeout says otherwise: then its
  // ticks may be longer than those that the lease is counted with.
  #compareTicks(sessionTimeoutMs: number): void {
    const { tickTimeMs } = this.#lease;
    if (sessionTimeoutMs >= 2 * tickTimeMs) return;
    this.#logger.warn("the session timeout has less than two ticks of the servers", {
      sessionTimeoutMs,
      tickTimeMs,
      countedTickMs: sessionTimeoutMs / 2,
    });
  }

  #tell(): void {
    for (const listener of [...this.#renewals]) listener();
  }
}
