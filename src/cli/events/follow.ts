import { AnySignal } from "../../async/any_signal.ts";
import { backoff } from "../../async/backoff.ts";
import { delay } from "../../async/delay.ts";
import { LatestValue } from "../../async/latest_value.ts";
import { runTogether } from "../../async/run_together.ts";
import { formatHostPort, type HostPort } from "../../config/host_port.ts";
import { receiveEvents } from "../../http/events_client.ts";
import { parseEvent, type ReadEvent } from "./journal_text.ts";

export interface FollowOptions {
  /** The master to follow now, and each other one; undefined while none is known. */
  masters: (signal: AbortSignal) => AsyncIterable<HostPort | undefined>;
  /** Shows an event; false if nobody reads any more. */
  show: (event: ReadEvent) => Promise<boolean>;
  /** Told of each other master, and of why a stream ended. */
  say: (text: string) => void;
}

/** Masters send a comment every 15 s. */
const IDLE_MS = 40_000;
const PAUSE = { initialMs: 500, maxMs: 5000 };

/**
 * Shows all that a master keeps in its journal, and then each new event, until the signal aborts or
 * nobody reads. Of the journal of another master it shows what is not older than what was shown last,
 * by their clocks.
 */
export async function follow(options: FollowOptions, signal: AbortSignal): Promise<void> {
  const master = new LatestValue<HostPort | undefined>(undefined);
  await runTogether([
    async (signal) => {
      for await (const place of options.masters(signal)) {
        if (!isSame(place, master.value) && place !== undefined) master.set(place);
      }
    },
    (signal) => new Follower(master, options).run(signal),
  ], signal);
}

class Follower {
  readonly #master: LatestValue<HostPort | undefined>;
  readonly #options: FollowOptions;
  #last: ReadEvent | undefined;

  constructor(master: LatestValue<HostPort | undefined>, options: FollowOptions) {
    this.#master = master;
    this.#options = options;
  }

  /** Ends when nobody reads any more. */
  async run(signal: AbortSignal): Promise<void> {
    let pause = backoff(PAUSE);
    let before: HostPort | undefined;
    while (true) {
      const place = await this.#master.until((known) => known !== undefined, {
        signal,
      }) as HostPort;
      if (place !== before) this.#options.say(`following ${formatHostPort(place)}`);
      if (place !== before) pause = backoff(PAUSE);
      before = place;
      try {
        if (!await this.#followOne(place, signal)) return;
      } catch (error) {
        signal.throwIfAborted();
        if (this.#master.value !== place) continue;
        this.#options.say(`${formatHostPort(place)}: ${(error as Error).message}`);
      }
      if (this.#master.value === place) await delay(pause.next().value, { signal });
    }
  }

  /** Follows until its stream ends or another is to be followed; false if nobody reads any more. */
  async #followOne(place: HostPort, signal: AbortSignal): Promise<boolean> {
    const other = new AbortController();
    using either = new AnySignal([signal, other.signal]);
    const watching = this.#untilOther(place, either.signal).then(() => other.abort());
    try {
      const url = `http://${formatHostPort(place)}/api/v1/events`;
      const lastEventId = this.#last?.id;
      for await (
        const { event, id, data } of receiveEvents(url, {
          lastEventId,
          idleMs: IDLE_MS,
          signal: either.signal,
        })
      ) {
        const read = event === "journal" ? parseEvent(parseJson(data), id) : undefined;
        if (read !== undefined && !await this.#show(read)) return false;
      }
      return true;
    } finally {
      other.abort();
      await watching;
    }
  }

  async #show(event: ReadEvent): Promise<boolean> {
    const isOfOther = this.#last !== undefined && bootOf(event) !== bootOf(this.#last);
    if (isOfOther && event.at < this.#last!.at) return true;
    this.#last = event;
    return await this.#options.show(event);
  }

  async #untilOther(place: HostPort, signal: AbortSignal): Promise<void> {
    for await (const known of this.#master.changes({ signal })) {
      if (known !== place) return;
    }
  }
}

function bootOf({ id }: ReadEvent): string {
  return id.slice(0, id.lastIndexOf("."));
}

function isSame(one: HostPort | undefined, other: HostPort | undefined): boolean {
  return one?.host === other?.host && one?.port === other?.port;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
