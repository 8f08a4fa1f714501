import { delay } from "../../src/async/delay.ts";
import { call } from "../../src/http/call.ts";
import type { RecorderClock } from "./clock.ts";
import type { LeaderAnswer } from "./status_answers.ts";

const PAUSE_MS = 20;
const ANSWER_LIMIT_MS = 1000;

/** Asks each master again and again whether it leads, and keeps the answers of those who say so. */
export class StatusWatch implements AsyncDisposable {
  readonly #clock: RecorderClock;
  readonly #stop = new AbortController();
  readonly #watching: Promise<unknown>;
  #answers: LeaderAnswer[] = [];

  constructor(masters: readonly { name: string; url: string }[], clock: RecorderClock) {
    this.#clock = clock;
    this.#watching = Promise.all(masters.map(({ name, url }) => this.#watch(name, url)));
  }

  get answers(): readonly LeaderAnswer[] {
    return this.#answers;
  }

  /** Forgets what was before, so that a run is judged by itself. */
  startAnew(): void {
    this.#answers = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #watch(master: string, url: string): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const askedMs = this.#clock.now();
      const epoch = await leaderEpoch(url).catch(() => undefined);
      const answeredMs = this.#clock.now();
      if (epoch !== undefined) this.#answers.push({ master, epoch, askedMs, answeredMs });
      await delay(PAUSE_MS, { signal }).catch(() => {});
    }
  }
}

/** The epoch under which the master at this URL says it leads; undefined if it says it does not. */
export async function leaderEpoch(url: string): Promise<bigint | undefined> {
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const { status, body } = await call(`${url}/leader`, { method: "GET", signal });
  const epoch = (body as { leader?: { epoch?: string } }).leader?.epoch;
  return status === 200 && epoch ? BigInt(epoch) : undefined;
}
