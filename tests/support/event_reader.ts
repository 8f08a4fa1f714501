import { type ReceivedEvent, receiveEvents } from "../../src/http/events_client.ts";
import type { ClusterDocument, JournalEvent } from "../../src/http/cluster_document.ts";
import { until } from "./until.ts";

/** An event, and the time (`performance.now()`) at which it arrived here. */
export interface SeenEvent extends ReceivedEvent {
  atMs: number;
}

/** Reads the events of a master from when it is opened, until it is disposed or they end. */
export class EventReader implements AsyncDisposable {
  readonly events: SeenEvent[] = [];
  readonly #stop = new AbortController();
  readonly #reading: Promise<void>;
  #end: unknown;

  static open(port: number, options: { lastEventId?: string } = {}): EventReader {
    return new EventReader(port, options);
  }

  private constructor(port: number, { lastEventId }: { lastEventId?: string }) {
    this.#reading = this.#read(`http://localhost:${port}/api/v1/events`, lastEventId);
  }

  /** The ids of the journal's entries so far. */
  get ids(): string[] {
    return this.events.flatMap(({ id }) => id ?? []);
  }

  /** Waits for an entry of the journal with this message, from the event of this index on. */
  async journal(
    message: string | RegExp,
    { from = 0, limitMs }: { from?: number; limitMs?: number } = {},
  ): Promise<SeenEvent> {
    const isIt = (text: string) =>
      typeof message === "string" ? text === message : message.test(text);
    return await this.#next("journal", (entry: JournalEvent) => isIt(entry.message), {
      from,
      limitMs,
    });
  }

  /** Waits for a document of which this holds. */
  async cluster(
    holds: (document: ClusterDocument) => boolean,
    options: { from?: number; limitMs?: number } = {},
  ): Promise<SeenEvent & { document: ClusterDocument }> {
    const event = await this.#next("cluster", holds, options);
    return { ...event, document: JSON.parse(event.data) };
  }

  /** Resolves when the stream has ended. */
  async ended(): Promise<unknown> {
    await this.#reading;
    return this.#end;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#reading;
  }

  async #next<T>(
    name: string,
    holds: (data: T) => boolean,
    { from = 0, limitMs }: { from?: number; limitMs?: number },
  ): Promise<SeenEvent> {
    const find = () =>
      this.events.slice(from).find(({ event, data }) => event === name && holds(JSON.parse(data)));
    return (await until(find, (found) => found !== undefined, { limitMs }))!;
  }

  async #read(url: string, lastEventId: string | undefined): Promise<void> {
    try {
      const options = { lastEventId, idleMs: 40_000, signal: this.#stop.signal };
      for await (const event of receiveEvents(url, options)) {
        this.events.push({ ...event, atMs: performance.now() });
      }
    } catch (error) {
      this.#end = error;
    }
  }
}
