import { delay } from "../../../src/async/delay.ts";
import type { Expectation } from "../../../src/state/entry.ts";
import { describeError } from "../../../src/log/logger.ts";
import type { RandomSource } from "../../unit/election/random_source.ts";
import type { Account, Write } from "./account.ts";
import { contentOf } from "./content.ts";
import type { LeaderPlace, LeaderSearch } from "./leader_search.ts";
import { sendWrite, type WriteAnswer } from "./state_call.ts";
import type { Tally } from "./tally.ts";

const SMALL_BYTES = 1024;
/** Several pieces on the way, and for the storage. */
const LARGE_BYTES = 300_000;
/** Before the next try where nobody took the last one. */
const PAUSE_MS = 10;

export interface EntryWriterOptions {
  account: Account;
  random: RandomSource;
  leaders: LeaderSearch;
  token: string;
  tally: Tally;
  /** How long to wait for an answer: one of these, in milliseconds. */
  patiencesMs: readonly number[];
}

/** Writes one entry again and again, as fast as the leader acknowledges it; nobody else writes it. */
export class EntryWriter {
  readonly #options: EntryWriterOptions;
  #lastEpoch = -1n;
  #doneCount = 0;

  constructor(options: EntryWriterOptions) {
    this.#options = options;
  }

  /** Of the leadership that acknowledged a write last. */
  get lastEpoch(): bigint {
    return this.#lastEpoch;
  }

  /** How many writes were acknowledged. */
  get doneCount(): number {
    return this.#doneCount;
  }

  /** Begins no further write once `rest` aborts, and waits for no answer once `signal` does. */
  async run({ rest, signal }: { rest: AbortSignal; signal: AbortSignal }): Promise<void> {
    while (!rest.aborted && !signal.aborted) {
      const leader = await this.#options.leaders.newest({ signal: rest }).catch(() => undefined);
      if (leader === undefined) return;
      const isDone = await this.#write(leader, signal);
      if (!isDone) await delay(PAUSE_MS, { signal: rest }).catch(() => {});
    }
  }

  #book(write: Write, answer: WriteAnswer): void {
    const { account, tally } = this.#options;
    const act = write.kind === "put" ? "put" : "deletion";
    switch (answer.kind) {
      case "written":
        account.written(write, answer.told);
        tally.countDone(`${act} acknowledged`);
        break;
      case "deleted":
        account.deleted(write);
        tally.countDone(`${act} acknowledged`);
        break;
      case "refused":
        account.refused(write, answer.found);
        tally.count(`${act} refused (${answer.why})`);
        return;
      case "unknown":
        tally.count(`${act} unknown (${answer.why})`);
        return;
    }
    this.#lastEpoch = write.epoch;
    this.#doneCount += 1;
  }

  async #write({ epoch, url }: LeaderPlace, signal: AbortSignal): Promise<boolean> {
    const { account, random: { below }, token, patiencesMs } = this.#options;
    const kind = below(20) === 0 ? "delete" : "put";
    const write = account.begin(kind, epoch, this.#drawExpectation(kind));
    const length = below(16) === 0 ? LARGE_BYTES : SMALL_BYTES;
    const content = contentOf(account.name, write.number, length);
    const patienceMs = patiencesMs[below(patiencesMs.length)]!;
    try {
      const answer = await sendWrite(account.name, write, content, {
        url,
        token,
        patienceMs,
        signal,
      });
      this.#book(write, answer);
      return answer.kind === "written" || answer.kind === "deleted";
    } catch (error) {
      account.require(false, `${kind} ${write.number}: ${describeError(error)}`);
      return false;
    }
  }

  #drawExpectation(kind: Write["kind"]): Expectation | undefined {
    const { account: { version }, random: { below } } = this.#options;
    if (below(2) === 0) return undefined;
    if (version !== undefined) return below(4) === 0 ? "present" : { version };
    return kind === "put" ? "absent" : undefined;
  }
}
