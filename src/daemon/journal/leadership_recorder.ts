import type { Acl } from "zookeeper";
import { withLimit } from "../../async/abortable.ts";
import { AnySignal } from "../../async/any_signal.ts";
import { LatestValue } from "../../async/latest_value.ts";
import { runTogether } from "../../async/run_together.ts";
import {
  type Ending,
  type LeadershipCause,
  type PastLeadership,
  withBegun,
  withEnded,
} from "../../election/history.ts";
import {
  changeHistory,
  type HistoryKeeper,
  writeHistory,
  type WrittenHistory,
} from "../../election/history_node.ts";
import type { Leadership } from "../../election/leadership.ts";
import type { NodeStatus } from "../../http/status.ts";
import type { Logger } from "../../log/logger.ts";
import type { WorkEnd } from "../election_loop.ts";
import type { FollowedValues, MasterObserver } from "../master_observer.ts";
import { formatSessionId } from "../session_record.ts";
import type { FencedLeadership } from "../state/state_service.ts";
import { type AskLeader, causeOf } from "./predecessor.ts";
import { type Succession, SuccessionMeter } from "./succession_meter.ts";

export interface LeadershipRecorderOptions {
  /** Of the node. */
  path: string;
  acl: readonly Acl[];
  /** What this master says of itself. */
  node: () => Pick<NodeStatus["node"], "host" | "webuiPort" | "pid" | "startedAt">;
  logger: Logger;
  ask?: AskLeader;
  /** How long writing may take. */
  limitMs?: number;
}

interface Term {
  leadership: FencedLeadership;
  publishedAt: string;
}

/** The end of a leadership is written beside its release, which waits for nothing. */
const ENDING_LIMIT_MS = 2000;

/**
 * Writes the leaderships of this master into the history. It only ever writes beside what a leader
 * does: whatever goes wrong is logged, and leadership neither waits for it nor ends by it.
 */
export class LeadershipRecorder implements MasterObserver, AsyncDisposable {
  readonly #options: LeadershipRecorderOptions;
  readonly #term = new LatestValue<Term | undefined>(undefined);
  readonly #meter = new SuccessionMeter();
  readonly #succession = new LatestValue<Succession | undefined>(undefined);
  #written: WrittenHistory & { epoch: string } | undefined;
  #lastEnding: Promise<void> = Promise.resolve();

  constructor(options: LeadershipRecorderOptions) {
    this.#options = options;
  }

  /** Others can find this leader, since now. */
  found(leadership: Leadership): void {
    if (leadership.fence === undefined) return;
    const publishedAt = new Date().toISOString();
    this.#term.set({ leadership: leadership as FencedLeadership, publishedAt });
  }

  /**
   * Says how a leadership ended, in one write that is on its way before the release: requests of a
   * session are answered in their order.
   */
  worked(leadership: Leadership, end: WorkEnd): void {
    const { fence, lost } = leadership;
    const epoch = String(leadership.epoch);
    const written = this.#written;
    if (fence === undefined || lost.aborted || written?.epoch !== epoch) return;
    const ending = endingOf(leadership, end);
    this.#written = undefined;
    const endedAt = new Date().toISOString();
    const leaderships = withEnded(written.leaderships, { epoch, endedAt, ending });
    const keeper = this.#keeper(fence);
    const write = (signal: AbortSignal) =>
      writeHistory(keeper, { leaderships, over: written.version }, signal);
    this.#lastEnding = withLimit(write, { act: "Writing the end", timeoutMs: ENDING_LIMIT_MS })
      .then(() => {}, (error) => {
        this.#options.logger.debug("the end of a leadership was not written", { epoch, error });
      });
  }

  /** Resolves once nothing is under way any more. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#lastEnding;
  }

  async follow({ leader, connection }: FollowedValues, signal: AbortSignal): Promise<void> {
    await runTogether([
      async (signal) => {
        for await (const { kind } of connection.changes({ signal })) {
          this.#meter.connected(kind === "connected");
        }
      },
      async (signal) => {
        for await (const seen of leader.changes({ signal })) {
          this.#meter.saw(seen);
          this.#succession.set(this.#meter.succession);
        }
      },
      (signal) => this.#recordAll(signal),
    ], signal);
  }

  async #recordAll(signal: AbortSignal): Promise<void> {
    for await (const term of this.#term.changes({ signal })) {
      if (term === undefined) continue;
      using over = new AnySignal([signal, term.leadership.lost]);
      await this.#record(term, over.signal).catch((error) => {
        if (over.signal.aborted) return;
        const { epoch } = term.leadership;
        this.#options.logger.warn("the leadership is not in the history", { epoch, error });
      });
    }
  }

  async #record(term: Term, signal: AbortSignal): Promise<void> {
    const { limitMs: timeoutMs = 10_000 } = this.#options;
    const record = (limited: AbortSignal) => this.#write(term, limited);
    await withLimit(record, { act: "Writing the history", timeoutMs, signal });
  }

  async #write(term: Term, signal: AbortSignal): Promise<void> {
    const { leaderSessionId, fence } = term.leadership;
    const isOwn = (seen: Succession | undefined): seen is Succession =>
      seen?.leaderSessionId === leaderSessionId;
    const succession = await this.#succession.until(isOwn, { signal });
    let cause: Promise<LeadershipCause> | undefined;
    const add = async (leaderships: readonly PastLeadership[]) => {
      const [newest] = leaderships;
      const { predecessor } = succession;
      cause ??= causeOf({ newest, predecessor }, { ask: this.#options.ask, signal });
      const isNewest = String(predecessor?.details?.epoch) === newest?.epoch;
      const endedAt = isNewest ? succession.endedAt : null;
      return withBegun(leaderships, this.#begun(term, succession, await cause), { endedAt });
    };
    const written = await changeHistory(this.#keeper(fence), add, signal);
    this.#written = { ...written, epoch: String(term.leadership.epoch) };
  }

  #begun(
    { leadership: { epoch, fence }, publishedAt }: Term,
    { gapMs }: Succession,
    cause: LeadershipCause,
  ): PastLeadership {
    const { host, webuiPort: port, pid, startedAt } = this.#options.node();
    const sessionId = formatSessionId(fence.zk.credentials.id);
    return {
      epoch: String(epoch),
      host,
      port,
      publishedAt,
      endedAt: null,
      ending: null,
      gapMs,
      cause,
      process: { pid, startedAt, sessionId },
    };
  }

  #keeper({ zk, path: latchPath }: FencedLeadership["fence"]): HistoryKeeper {
    const { path, acl, logger } = this.#options;
    return { zk, path, acl, latchPath, logger };
  }
}

function endingOf({ handover }: Leadership, end: WorkEnd): Ending {
  if (end.kind === "gave-up") return "command failed";
  return handover.aborted ? "switchover" : "stopped";
}
