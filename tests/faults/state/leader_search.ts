import { delay } from "../../../src/async/delay.ts";
import { LatestValue } from "../../../src/async/latest_value.ts";
import type { Master } from "../master.ts";

const PAUSE_MS = 20;

/** Where one leadership takes calls for the state. */
export interface LeaderPlace {
  epoch: bigint;
  /** Of the state of this leadership: no other answers there. */
  url: string;
}

/** Asks every master again and again whether it leads, and believes the one with the largest epoch. */
export class LeaderSearch implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #searching: Promise<unknown>;
  readonly #newest = new LatestValue<LeaderPlace | undefined>(undefined);

  constructor(masters: readonly Master[]) {
    this.#searching = Promise.all(masters.map((master) => this.#ask(master)));
  }

  /** The newest leader there was, dead or alive; waits for the first. */
  newest(options: { signal: AbortSignal }): Promise<LeaderPlace> {
    return this.#newest.until((place) => place !== undefined, options);
  }

  /** Waits until a leader of this epoch, or of a later one, takes calls. */
  from(epoch: bigint, options: { signal: AbortSignal }): Promise<LeaderPlace> {
    const isThere = (place?: LeaderPlace): place is LeaderPlace => (place?.epoch ?? -1n) >= epoch;
    return this.#newest.until(isThere, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#searching;
  }

  async #ask(master: Master): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const place = await placeOf(master).catch(() => undefined);
      const known = this.#newest.value;
      if (place && (known === undefined || place.epoch > known.epoch)) this.#newest.set(place);
      await delay(PAUSE_MS, { signal }).catch(() => {});
    }
  }
}

async function placeOf(master: Master): Promise<LeaderPlace | undefined> {
  const { leader, node: { rpcPort } } = await master.status();
  if (!leader?.own || leader.epoch === null || rpcPort === null) return undefined;
  const base = `http://localhost:${rpcPort}/rpc/v1/leaderships`;
  return { epoch: BigInt(leader.epoch), url: `${base}/${leader.leaderSessionId}/state` };
}
