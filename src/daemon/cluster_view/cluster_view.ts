import { withLimit } from "../../async/abortable.ts";
import { delay } from "../../async/delay.ts";
import { LatestValue } from "../../async/latest_value.ts";
import { runTogether } from "../../async/run_together.ts";
import type { HostPort } from "../../config/host_port.ts";
import type { ElectionPicture } from "../../election/election_picture.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import type { Pause } from "../../election/pause.ts";
import type { ClusterDocument } from "../../http/cluster_document.ts";
import type { EventHub } from "../../http/events_hub.ts";
import type { NodeStatus } from "../../http/status.ts";
import type { Logger } from "../../log/logger.ts";
import type { FollowedValues, MasterObserver } from "../master_observer.ts";
import { Alarm } from "./alarm.ts";
import { changeKey, clusterDocument, leaseOf } from "./document.ts";
import { type Interest, whileTrue } from "./interest.ts";
import type { ClusterKnowledge } from "./knowledge.ts";
import { askLeader, type LeaderAnswer } from "./leader_call.ts";

export interface ClusterViewOptions {
  /** What this master says of itself, with the first of its workers; and how many it has. */
  own: () => { status: NodeStatus; workersCount: number };
  configured: readonly HostPort[] | undefined;
  takesSwitchovers: boolean;
  /** Undefined where ZooKeeper is not used. */
  picture: LatestValue<ElectionPicture | undefined> | undefined;
  pause: LatestValue<Pause | undefined>;
  hub: EventHub;
  interest: Interest;
  logger: Logger;
}

/** The document is told again at the latest after so long, since the ages of workers are in it. */
const REFRESH_MS = 5000;
const LEASE_EVERY_MS = 1000;
const LEAST_PAUSE_MS = 250;
/** How long the first who look wait for what others know. */
const FIRST_ANSWER_MS = 1000;
const FIRST_EVENT_MS = 300;
const FAILURE_PAUSE_MS = 5000;

/** What this master knows of its cluster; it finds out, and tells the streams, only while somebody looks. */
export class ClusterView implements MasterObserver {
  readonly #options: ClusterViewOptions;
  readonly #alarm = new Alarm();
  readonly #answer = new LatestValue<LeaderAnswer>({ kind: "pending" });
  readonly #isComplete = new LatestValue(false);
  #leader: LatestValue<LeaderInformation | undefined> | undefined;
  #told: { key: string; at: number; leaseAt: number } | undefined;

  constructor(options: ClusterViewOptions) {
    this.#options = options;
  }

  found(): void {}

  /** What is known now; the first who asks gets it as soon as others have answered, or a limit has passed. */
  async document(): Promise<ClusterDocument> {
    this.#options.interest.asked();
    if (this.#leader !== undefined) await this.#untilComplete(FIRST_ANSWER_MS);
    return clusterDocument(this.#knowledge());
  }

  /** Something may have changed. */
  changed(): void {
    this.#alarm.ring();
  }

  async follow({ leader }: FollowedValues, signal: AbortSignal): Promise<void> {
    const { interest: { wanted }, hub } = this.#options;
    this.#leader = leader;
    try {
      await runTogether([
        (signal) => hub.run(signal),
        (signal) => whileTrue(wanted, (signal) => this.#look(leader, signal), signal),
      ], signal);
    } finally {
      this.#leader = undefined;
      this.#tell();
      hub[Symbol.dispose]();
    }
  }

  // Whatever goes wrong here is no reason to end a leadership.
  async #look(
    leader: LatestValue<LeaderInformation | undefined>,
    signal: AbortSignal,
  ): Promise<void> {
    const { picture, pause, logger } = this.#options;
    const own = () => this.#options.own().status.node;
    try {
      await runTogether([
        (signal) => askLeader(this.#answer, { leader, own }, signal),
        (signal) => this.#ringAt(leader, signal),
        (signal) => this.#ringAt(this.#answer, signal),
        (signal) => this.#ringAt(pause, signal),
        (signal) => this.#ringAt(picture ?? new LatestValue(undefined), signal),
        (signal) => this.#tellAll(signal),
      ], signal);
    } catch (error) {
      signal.throwIfAborted();
      logger.error("the cluster cannot be shown", { error: error as Error });
      await delay(FAILURE_PAUSE_MS, { signal });
    } finally {
      this.#isComplete.set(false);
      this.#forget();
    }
  }

  async #ringAt(value: LatestValue<unknown>, signal: AbortSignal): Promise<void> {
    const { picture } = this.#options;
    for await (const _ of value.changes({ signal })) {
      const isSeen = picture === undefined || picture.value !== undefined;
      this.#isComplete.set(isSeen && this.#answer.value.kind !== "pending");
      this.#alarm.ring();
    }
  }

  async #untilComplete(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const wait = async (signal: AbortSignal) => {
      await this.#isComplete.until(Boolean, { signal });
    };
    // Then what is known is told without the rest.
    await withLimit(wait, { act: "Looking at the cluster", timeoutMs, signal }).catch(() => {});
    signal?.throwIfAborted();
  }

  /** Tells the streams what changes, as long as somebody looks. */
  async #tellAll(signal: AbortSignal): Promise<void> {
    const { hub, interest } = this.#options;
    await this.#untilComplete(FIRST_EVENT_MS, signal);
    while (interest.check()) {
      const leader = this.#leaderKey();
      const since = performance.now();
      if (hub.size > 0) this.#tell();
      else this.#forget();
      await this.#alarm.next(LEASE_EVERY_MS, signal);
      let leftMs = LEAST_PAUSE_MS;
      while (leftMs > 0 && this.#leaderKey() === leader && !this.#isUntold()) {
        await this.#alarm.next(leftMs, signal);
        leftMs = LEAST_PAUSE_MS - (performance.now() - since);
      }
    }
  }

  #tell(): void {
    const { hub } = this.#options;
    if (hub.size === 0) return;
    const knowledge = this.#knowledge();
    const { ticks } = knowledge;
    const document = clusterDocument(knowledge);
    const key = changeKey(document);
    const told = this.#told ?? { key: "", at: -Infinity, leaseAt: -Infinity };
    const isOld = document.workers.length > 0 && ticks - told.at >= REFRESH_MS;
    const isNew = key !== told.key || isOld;
    if (isNew) hub.tell("cluster", document);
    const isLeaseDue = ticks - told.leaseAt >= LEASE_EVERY_MS - LEAST_PAUSE_MS / 2;
    const lease = isLeaseDue ? leaseOf(knowledge) : undefined;
    if (lease === null) hub.forget("lease");
    else if (lease !== undefined) hub.tell("lease", lease);
    this.#told = {
      key,
      at: isNew ? ticks : told.at,
      leaseAt: isLeaseDue ? ticks : told.leaseAt,
    };
  }

  /** Nobody is there to be told: what was told grows old. */
  #forget(): void {
    this.#told = undefined;
    this.#options.hub.forget("cluster");
    this.#options.hub.forget("lease");
  }

  #isUntold(): boolean {
    return this.#told === undefined && this.#options.hub.size > 0;
  }

  /** Who leads, as far as it decides whether others are told at once. */
  #leaderKey(): string {
    const { role, leader } = this.#options.own().status;
    return `${role} ${leader?.leaderSessionId ?? ""}`;
  }

  #knowledge(): ClusterKnowledge {
    const { own, configured, takesSwitchovers, picture, pause } = this.#options;
    const { status, workersCount } = own();
    return {
      now: new Date(),
      ticks: performance.now(),
      own: status,
      workersCount,
      leader: this.#leader?.value,
      election: picture?.value,
      answer: this.#answer.value,
      pause: pause.value,
      configured,
      takesSwitchovers,
    };
  }
}
