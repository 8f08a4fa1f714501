import assert from "node:assert/strict";
import { AnySignal } from "../../../src/async/any_signal.ts";
import { delay } from "../../../src/async/delay.ts";
import type { Leadership } from "../../../src/election/leadership.ts";
import { until } from "../../support/until.ts";
import { ADDRESS, type Candidate } from "./contest.ts";

/** How long it may take until somebody leads again, whatever happened. */
export const LEAD_LIMIT_MS = 30_000;

interface Term {
  candidate: Candidate;
  leadership: Leadership;
  isPublished: boolean;
}

/** All terms of all candidates, and the proof that no two of them overlap. */
export class Terms {
  readonly all: Term[] = [];
  readonly #overlaps: string[] = [];

  begin(candidate: Candidate, leadership: Leadership): Term {
    const others = this.all.filter((term) => !term.leadership.lost.aborted);
    for (const { candidate: other } of others) {
      this.#overlaps.push(`${candidate.participant} leads while ${other.participant} does`);
    }
    const term = { candidate, leadership, isPublished: false };
    this.all.push(term);
    return term;
  }

  /** Asserts that no two overlapped, and that each has its own id and a larger epoch. */
  assertSound(seed: string): void {
    assert.deepEqual(this.#overlaps, [], seed);
    const epochs = this.all.map(({ leadership }) => leadership.epoch);
    for (const [index, epoch] of epochs.entries()) {
      assert.ok(index === 0 || epoch > epochs[index - 1]!, `${seed}: ${epochs}`);
    }
    const ids = this.all.map(({ leadership }) => leadership.leaderSessionId);
    assert.equal(new Set(ids).size, ids.length, seed);
  }

  /** The term that is under way and known to others, once one newer than `after` is. */
  async next(after: bigint): Promise<Term> {
    return await until(
      () => this.all.at(-1),
      (term): term is Term =>
        term !== undefined && term.isPublished && !term.leadership.lost.aborted &&
        term.leadership.epoch > after,
      { limitMs: LEAD_LIMIT_MS, intervalMs: 1 },
    );
  }
}

/** Stands again and again until the signal aborts. */
export async function stand(
  candidate: Candidate,
  terms: Terms,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const leadership = await candidate.campaign(signal).catch((error) => {
      if (!signal.aborted) throw error;
    });
    if (leadership === undefined) return;
    const term = terms.begin(candidate, leadership);
    using any = new AnySignal([signal, leadership.lost]);
    const ended = any.signal;
    await leadership.publish(ADDRESS, { signal: ended }).then(
      () => term.isPublished = true,
      (error) => {
        if (!ended.aborted) throw error;
      },
    );
    await delay(LEAD_LIMIT_MS, { signal: ended }).catch(() => {});
    await leadership.release();
  }
}
