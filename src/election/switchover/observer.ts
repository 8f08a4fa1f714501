import {
  formatServer,
  isFinal,
  isZkError,
  joinPath,
  readWatched,
  WakeUp,
  type Watcher,
  type ZooKeeper,
} from "zookeeper";
import type { ElectionLayout } from "../layout.ts";
import type { LeaderInformation } from "../leadership.ts";
import { readLeader } from "../retrieval.ts";
import { decodeReady } from "./documents.ts";
import { GapMeter } from "./gap_meter.ts";
import type { SwitchoverPlan } from "./plan.ts";

/** How far a switchover has come. */
export interface Progress {
  leader: LeaderInformation | undefined;
  isTargetThere: boolean;
}

/** How a switchover ended. */
export type SwitchoverEnd =
  | { kind: "switched"; leader: LeaderInformation }
  | { kind: "failed"; why: "another-leads" | "target-gone" };

/** Whether a switchover is over, and how; undefined while it is under way. */
export function switchoverEnd(
  { leader, isTargetThere }: Progress,
  { target, leader: old }: SwitchoverPlan,
): SwitchoverEnd | undefined {
  if (leader !== undefined && leader.leaderSessionId !== old.leaderSessionId) {
    return participantOf(leader) === target.participant
      ? { kind: "switched", leader }
      : { kind: "failed", why: "another-leads" };
  }
  return isTargetThere ? undefined : { kind: "failed", why: "target-gone" };
}

/** The name under which a leader stood in the queue, if it is a master. */
function participantOf({ details }: LeaderInformation): string | undefined {
  return details && formatServer({ hostname: details.host, port: details.webuiPort });
}

/** Follows a switchover from outside. */
export class SwitchoverObserver implements Disposable {
  readonly #zk: ZooKeeper;
  readonly #layout: ElectionLayout;
  readonly #requestId: string;
  readonly #targetPath: string;
  readonly #meter: GapMeter;
  readonly #wakeUp: WakeUp;
  readonly #unsubscribe: () => void;
  #wasReady = false;

  constructor(
    zk: ZooKeeper,
    { layout, plan, requestId }: {
      layout: ElectionLayout;
      plan: SwitchoverPlan;
      requestId: string;
    },
  ) {
    this.#zk = zk;
    this.#layout = layout;
    this.#requestId = requestId;
    this.#targetPath = joinPath(layout.latch, plan.target.name);
    this.#meter = new GapMeter(layout.connectionInfo);
    this.#wakeUp = new WakeUp(zk);
    this.#unsubscribe = zk.onStateChange(() => this.#meter.spoil());
  }

  /** How long nobody could be found as the leader; undefined if that has not been seen. */
  get gapMs(): number | undefined {
    return this.#meter.gapMs;
  }

  /** Whether the target has said that it is ready: from then on the leader may hand over. */
  get wasReady(): boolean {
    return this.#wasReady;
  }

  /**
   * Looks, again after each change, until `decide` gives a result.
   * @throws {ZkError} if the session ends
   */
  async until<T>(
    decide: (progress: Progress) => T | undefined,
    signal: AbortSignal,
  ): Promise<T> {
    while (true) {
      this.#wakeUp.reset();
      const progress = await this.#look(signal);
      signal.throwIfAborted();
      if (isFinal(this.#zk.state)) await this.#zk.connected({ signal });
      // What was read while something changed was perhaps never so at any one time.
      const result = progress && !this.#wakeUp.isWoken ? decide(progress) : undefined;
      if (result !== undefined) return result;
      await this.#wakeUp.next(signal);
    }
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
    this.#wakeUp[Symbol.dispose]();
  }

  /** Undefined without a connection, whose return makes us look again. */
  async #look(signal: AbortSignal): Promise<Progress | undefined> {
    const options = { watch: this.#watch, signal };
    const { switchover: { ready: readyPath } } = this.#layout;
    const reads = Promise.all([
      readLeader(this.#zk, { ...options, layout: this.#layout, onCorrupt: () => {} }),
      this.#zk.exists(this.#targetPath, options),
      readWatched(this.#zk, readyPath, options),
    ]);
    const read = await reads.catch((error) => {
      if (!isZkError(error, "ConnectionLoss") && !isFinal(this.#zk.state)) throw error;
    });
    if (read === undefined || this.#zk.state.kind !== "connected") return undefined;
    const [leader, target, ready] = read;
    if (leader !== undefined) this.#meter.seen();
    this.#wasReady ||= ready !== undefined && decodeReady(ready.data) === this.#requestId;
    return { leader, isTargetThere: target !== undefined };
  }

  readonly #watch: Watcher = (event) => {
    this.#meter.note(event);
    this.#wakeUp.wake();
  };
}
