import type { EventFeed } from "./events_feed.ts";
import { formatRetry } from "./events_format.ts";

/** A browser whose stream has ended comes back soon. */
const RETRY = formatRetry(1000);

export interface EventStreamOptions {
  /** The entry of the journal that its reader knows already, and all before. */
  journalNumber: number;
  /** The versions of the states that it need not be told. */
  seen: readonly number[];
  /** Called when nobody reads any more; not after `end()` or `cut()`. */
  onEnd: () => void;
  /** A monotonic clock in milliseconds. */
  now: () => number;
}

/**
 * What one reader of the events gets. Nothing is kept for it but how far it has come: whoever reads
 * slowly gets the newest state, and the journal from where it was.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #feed: EventFeed;
  readonly #seen: number[];
  readonly #now: () => number;
  #journalNumber: number;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  /** There while its reader waits for news. */
  #awaited: PromiseWithResolvers<void> | undefined;
  #unreadSince: number | undefined;

  constructor(feed: EventFeed, options: EventStreamOptions) {
    this.#feed = feed;
    this.#seen = [...options.seen];
    this.#now = options.now;
    this.#journalNumber = options.journalNumber;
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
        controller.enqueue(RETRY);
      },
      pull: () => this.#pull(),
      cancel: () => options.onEnd(),
    }, { highWaterMark: 0 });
  }

  /** There is something new to be told. */
  news(): void {
    if (this.#awaited === undefined) this.#unreadSince ??= this.#now();
    else if (this.#send()) this.#answer();
  }

  /** For how long its reader has left something unread. */
  unreadMs(): number {
    return this.#unreadSince === undefined ? 0 : this.#now() - this.#unreadSince;
  }

  /** Ends it in order, once all that is new is told. */
  end(): void {
    this.#send();
    this.#controller.close();
    this.#answer();
  }

  /** Breaks it off. */
  cut(reason: Error): void {
    this.#controller.error(reason);
    this.#answer();
  }

  #pull(): Promise<void> | undefined {
    this.#unreadSince = undefined;
    if (this.#send()) return;
    this.#awaited = Promise.withResolvers();
    return this.#awaited.promise;
  }

  #answer(): void {
    this.#awaited?.resolve();
    this.#awaited = undefined;
  }

  /** Hands over all that is new; false if nothing is. */
  #send(): boolean {
    let isAny = false;
    for (const [index, { version, bytes }] of this.#feed.states.entries()) {
      if (version === this.#seen[index] || bytes === undefined) continue;
      this.#seen[index] = version;
      this.#controller.enqueue(bytes);
      isAny = true;
    }
    const { journal } = this.#feed;
    if (journal.last === this.#journalNumber) return isAny;
    const entries = journal.after(this.#journalNumber);
    this.#journalNumber = journal.last;
    if (entries.length === 0) return isAny;
    this.#controller.enqueue(entries);
    return true;
  }
}
