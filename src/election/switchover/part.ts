import {
  type Acl,
  isFinal,
  isZkError,
  type TransactionStep,
  WakeUp,
  type ZooKeeper,
} from "zookeeper";
import type { Logger } from "../../log/logger.ts";
import type { Heartbeat } from "../heartbeat.ts";
import type { LatchNode } from "../latch.ts";
import type { ElectionLayout } from "../layout.ts";
import { actFor, type Situation } from "./act.ts";
import { encodeReady, type SwitchoverRequest } from "./documents.ts";
import type { SwitchoverView } from "./situation.ts";

export interface SwitchoverPartOptions {
  layout: ElectionLayout;
  node: LatchNode;
  participant: string;
  acl: readonly Acl[];
  view: SwitchoverView;
  /** Proves that the session lives: before that, nobody is ready to lead. */
  heartbeat: Pick<Heartbeat, "prove">;
  logger: Logger;
}

/**
 * The part that one place in the queue plays in planned switchovers, from the joining of the queue to
 * the end of leadership. Whatever goes wrong here never ends a candidacy or a leadership.
 */
export class SwitchoverPart implements AsyncDisposable {
  readonly #zk: ZooKeeper;
  readonly #options: SwitchoverPartOptions;
  readonly #stop = new AbortController();
  readonly #stepAside = new AbortController();
  readonly #handover = new AbortController();
  readonly #wakeUp: WakeUp;
  readonly #following: Promise<void>;
  #stage: "standing" | "leading" | "published" = "standing";
  #confirmed: string | undefined;
  #lateTimer: ReturnType<typeof setTimeout> | undefined;
  #lastProblem: string | undefined;

  constructor(zk: ZooKeeper, options: SwitchoverPartOptions) {
    this.#zk = zk;
    this.#options = options;
    this.#wakeUp = new WakeUp(zk);
    this.#following = this.#follow(this.#stop.signal);
  }

  /** Aborts when a standby is to leave the queue, so that another can lead. */
  get stepAside(): AbortSignal {
    return this.#stepAside.signal;
  }

  /** Aborts, with the reason, when a leader is to give leadership back in order. */
  get handover(): AbortSignal {
    return this.#handover.signal;
  }

  /** The candidate leads from now on. */
  leads(): void {
    this.#stage = "leading";
    this.#wakeUp.wake();
  }

  /** Others can find the leader: a switchover to it has succeeded. */
  published(): void {
    this.#stage = "published";
    clearTimeout(this.#lateTimer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("The place in the queue was given up"));
    clearTimeout(this.#lateTimer);
    await this.#following;
    this.#wakeUp[Symbol.dispose]();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !isFinal(this.#zk.state)) {
      this.#wakeUp.reset();
      const deadline = await this.#look(signal).catch((error) => this.#failed(error, signal));
      using _ = wakeAt(this.#wakeUp, deadline);
      await this.#wakeUp.next(signal).catch(() => {});
    }
  }

  /** Looks what is asked, and does it; gives the time at which to look again at the latest. */
  async #look(signal: AbortSignal): Promise<number | undefined> {
    const { view, node, participant } = this.#options;
    const situation = await view.read({ watch: this.#wakeUp.wake, signal });
    if (situation === undefined) return undefined;
    const isLeading = this.#stage !== "standing";
    switch (actFor({ participant, latchName: node.name, isLeading }, situation)) {
      case "confirm":
        await this.#confirm(situation, signal);
        break;
      case "step-aside":
        this.#end(this.#stepAside, situation.request, "stepping aside for a switchover");
        break;
      case "hand-over":
        this.#end(this.#handover, situation.request, "handing leadership over, as asked");
    }
    return view.deadlineOf(situation.request);
  }

  #end(controller: AbortController, { target, id }: SwitchoverRequest, event: string): void {
    if (controller.signal.aborted) return;
    this.#options.logger.info(event, { target: target.participant, switchover: id });
    controller.abort(new Error(`A switchover to ${target.participant} was asked for`));
  }

  /** Says that this candidate is ready, as soon as it can be proven that its session lives. */
  async #confirm({ request }: Situation, signal: AbortSignal): Promise<void> {
    const { heartbeat, layout: { switchover: { ready: path } }, node, acl, logger } = this.#options;
    await heartbeat.prove(signal);
    this.#expectInTime(request);
    const stat = await this.#zk.exists(path, { signal });
    // One that is there belongs to an earlier switchover.
    const stale: TransactionStep[] = stat ? [{ kind: "delete", path, version: stat.version }] : [];
    const data = encodeReady(request.id);
    await this.#zk.multi([
      { kind: "check", path: node.path },
      ...stale,
      { kind: "create", path, data, mode: "ephemeral", acl },
    ], { signal });
    logger.info("ready for a switchover", { from: request.from, switchover: request.id });
  }

  /** Whoever says that it is ready, and wins, has to be found by others before the time is over. */
  #expectInTime(request: SwitchoverRequest): void {
    if (this.#confirmed === request.id) return;
    this.#confirmed = request.id;
    clearTimeout(this.#lateTimer);
    const leftMs = this.#options.view.deadlineOf(request) - performance.now();
    this.#lateTimer = setTimeout(() => this.#giveBack(), Math.max(0, leftMs));
  }

  #giveBack(): void {
    if (this.#stage !== "leading") return;
    this.#options.logger.warn("the switchover was not completed in time, giving leadership back");
    this.#handover.abort(new Error("The switchover was not completed in time"));
  }

  // A change of the session's state, which comes with a lost connection, makes us look again; so does
  // the watch on a node that somebody changed between our reading and our writing.
  #failed(error: unknown, signal: AbortSignal): undefined {
    if (signal.aborted || isFinal(this.#zk.state)) return;
    if (isZkError(error, "ConnectionLoss", "NoNode", "BadVersion", "NodeExists")) return;
    const problem = String(error);
    if (problem === this.#lastProblem) return;
    this.#lastProblem = problem;
    this.#options.logger.warn("switchovers cannot be followed", { error: error as Error });
  }
}

/** Wakes at a time, as performance.now() counts, until disposed. */
export function wakeAt(wakeUp: WakeUp, time: number | undefined): Disposable {
  const timer = time === undefined
    ? undefined
    : setTimeout(wakeUp.wake, Math.max(0, Math.ceil(time - performance.now())));
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
