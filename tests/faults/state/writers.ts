import { abortable } from "../../../src/async/abortable.ts";
import { delay } from "../../../src/async/delay.ts";
import { call } from "../../../src/http/call.ts";
import { until } from "../../support/until.ts";
import { randomSource } from "../../unit/election/random_source.ts";
import type { Cluster } from "../cluster.ts";
import type { Account } from "./account.ts";
import { Counter } from "./counter.ts";
import { EntryWriter } from "./entry_writer.ts";
import { LeaderSearch } from "./leader_search.ts";
import type { Tally } from "./tally.ts";

const HURRIED_MS = [1000];
const PATIENT_MS = [1000, 60_000];
/** How long answers of a healthy leader may take. */
const ANSWER_LIMIT_MS = 10_000;
const DONE_LIMIT_MS = 60_000;
const COLLECTION_PAUSE_MS = 300;

export interface WritersOptions {
  /** Entries that are written all the time. */
  busy: readonly Account[];
  /** Entries whose writers rest between a fault and its end: what shows there then, came late. */
  resting: readonly Account[];
  counter: Counter;
  tally: Tally;
  seed: number;
}

interface Work {
  rest: AbortController;
  done: Promise<unknown>;
}

/** Writers outside of the masters, each with an entry of its own, and all with a counter in common. */
export class Writers implements AsyncDisposable {
  readonly leaders: LeaderSearch;
  readonly #options: WritersOptions;
  readonly #token: string;
  readonly #busy: readonly EntryWriter[];
  readonly #resting: readonly EntryWriter[];
  readonly #stop = new AbortController();
  #work = new Map<EntryWriter | "others", Work>();

  constructor(cluster: Cluster, options: WritersOptions) {
    const { busy, resting, tally, seed } = options;
    this.#options = options;
    this.#token = cluster.token;
    this.leaders = new LeaderSearch(cluster.masters);
    const random = randomSource(seed);
    const common = { random, leaders: this.leaders, token: this.#token, tally };
    this.#busy = busy.map((account) =>
      new EntryWriter({ ...common, account, patiencesMs: HURRIED_MS })
    );
    this.#resting = resting.map((account) =>
      new EntryWriter({ ...common, account, patiencesMs: PATIENT_MS })
    );
  }

  /** All begin to write, or go on. */
  start(): void {
    this.#options.tally.start();
    this.resume();
    this.#begin("others", async (rest) => {
      const { counter } = this.#options;
      const options = {
        leaders: this.leaders,
        token: this.#token,
        rest,
        signal: this.#stop.signal,
      };
      await Promise.all([this.#collect(rest), counter.run(options), counter.run(options)]);
    });
  }

  /** Some begin nothing more; what they have sent is left to its fate. */
  rest(): void {
    for (const writer of this.#resting) this.#work.get(writer)?.rest.abort();
  }

  /** All write again. */
  resume(): void {
    for (const writer of [...this.#busy, ...this.#resting]) {
      if (this.#work.get(writer)?.rest.signal.aborted === false) continue;
      const before = this.#work.get(writer)?.done;
      this.#begin(writer, async (rest) => {
        await before;
        await writer.run({ rest, signal: this.#stop.signal });
      });
    }
  }

  /** Waits until every busy writer has been told by a leader of this epoch, or a later one, that a write is done. */
  async untilDone(epoch: bigint): Promise<void> {
    const isDone = () => this.#busy.every(({ lastEpoch }) => lastEpoch >= epoch);
    await until(isDone, Boolean, { limitMs: DONE_LIMIT_MS });
  }

  /** Waits until every writer has been told once more that a write is done. */
  async untilAllDone(): Promise<void> {
    const all = [...this.#busy, ...this.#resting];
    const before = all.map(({ doneCount }) => doneCount);
    const isDone = () => all.every(({ doneCount }, index) => doneCount > before[index]!);
    await until(isDone, Boolean, { limitMs: DONE_LIMIT_MS });
  }

  /** Ends when no write is under way; answers that a healthy leader would have given are not waited for. */
  async stop(): Promise<void> {
    if (this.#work.size === 0) return;
    const works = [...this.#work.values()];
    for (const { rest } of works) rest.abort();
    const idle = Promise.all(works.map(({ done }) => done));
    await abortable(idle, AbortSignal.timeout(ANSWER_LIMIT_MS)).catch(() => this.#stop.abort());
    await idle;
    this.#work = new Map();
    this.#options.tally.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.stop();
    await this.leaders[Symbol.asyncDispose]();
  }

  #begin(key: EntryWriter | "others", work: (rest: AbortSignal) => Promise<void>): void {
    const rest = new AbortController();
    this.#work.set(key, { rest, done: work(rest.signal) });
  }

  /** Garbage is collected without any grace while all the others write. */
  async #collect(rest: AbortSignal): Promise<void> {
    while (!rest.aborted) {
      const leader = await this.leaders.newest({ signal: rest }).catch(() => undefined);
      if (leader !== undefined) await this.collect(leader.url);
      await delay(COLLECTION_PAUSE_MS, { signal: rest }).catch(() => {});
    }
  }

  /** Asks for a collection of garbage without any grace. */
  async collect(url: string): Promise<void> {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const body = { collect: { graceMs: 0, dryRun: false } };
    const token = this.#token;
    const answer = await call(url, { method: "POST", body, token, signal }).catch(() => undefined);
    const isDone = answer?.status === 200;
    this.#options.tally.count(isDone ? "collection done" : "collection not done");
    if (!isDone) return;
    const { removed } = answer.body as { removed: unknown[] };
    this.#options.tally.count("blob collected", removed.length);
  }
}
