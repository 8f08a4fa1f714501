import { delay } from "../async/delay.ts";
import type { EventFeed, JournalFeed, StatePayload } from "./events_feed.ts";
import { formatComment, formatEvent } from "./events_format.ts";
import { EventStream } from "./events_stream.ts";
import { COMMON_HEADERS, RequestError } from "./responses.ts";

export interface EventHubOptions {
  journal: JournalFeed;
  /** Called whenever a stream was opened. */
  onOpen?: () => void;
  /** 1000 unless told. */
  maxStreams?: number;
  /** How long a reader may leave something unread; 30 s unless told. */
  maxUnreadMs?: number;
  /** Between two comments, which tell a reader that somebody is there; 15 s unless told. */
  beatIntervalMs?: number;
  /** A monotonic clock in milliseconds. */
  now?: () => number;
}

/** The states that streams are told, in this order. */
const STATES = ["cluster", "lease", "beat"] as const;
type State = typeof STATES[number];

const BEAT = formatComment("beat");

/** All open streams of events. What they are told is made once, however many they are. */
export class EventHub implements EventFeed, Disposable {
  readonly journal: JournalFeed;
  readonly #options: EventHubOptions;
  readonly #streams = new Set<EventStream>();
  readonly #states: Record<State, StatePayload> = {
    cluster: { version: 0, bytes: undefined },
    lease: { version: 0, bytes: undefined },
    beat: { version: 0, bytes: BEAT },
  };
  readonly #stopListening: () => void;
  #isTelling = false;
  #isClosed = false;

  constructor(options: EventHubOptions) {
    this.#options = options;
    this.journal = options.journal;
    this.#stopListening = this.journal.onNote(() => this.#tellAll());
  }

  get states(): readonly StatePayload[] {
    return STATES.map((name) => this.#states[name]);
  }

  /** How many streams are open. */
  get size(): number {
    return this.#streams.size;
  }

  /**
   * The answer to whoever wants the events; `Last-Event-ID` tells what of the journal it knows.
   * @throws {RequestError} 503 if there are too many, or this master stops
   */
  open(request: Request): Response {
    const { maxStreams = 1000, onOpen } = this.#options;
    if (this.#isClosed || this.size >= maxStreams) {
      const reason = this.#isClosed ? "This master stops" : "Too many streams are open";
      throw new RequestError(503, reason, { headers: { "retry-after": "5" } });
    }
    // The server drops the body of this answer unread, and would never say so.
    if (request.method === "HEAD") return eventResponse(null);
    const stream = this.#newStream(request.headers.get("last-event-id") ?? undefined);
    this.#streams.add(stream);
    onOpen?.();
    return eventResponse(stream.body);
  }

  /** Tells all streams a new state, and those to come until it is another or forgotten. */
  tell(name: Exclude<State, "beat">, data: unknown): void {
    this.#set(name, formatEvent(name, data));
  }

  /** Nobody is told any more what was told last: it is old, or not known any more. */
  forget(name: Exclude<State, "beat">): void {
    this.#states[name] = { ...this.#states[name], bytes: undefined };
  }

  /** Says again and again that somebody is there, and cuts off who does not read. */
  async run(signal: AbortSignal): Promise<void> {
    while (true) {
      await delay(this.#options.beatIntervalMs ?? 15_000, { signal });
      this.#cutOffSlow();
      this.#set("beat", BEAT);
    }
  }

  /** Ends all streams, and opens no more. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#stopListening();
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  #newStream(lastEventId: string | undefined): EventStream {
    const stream = new EventStream(this, {
      journalNumber: this.journal.numberOf(lastEventId),
      seen: STATES.map((name) => name === "beat" ? this.#states.beat.version : 0),
      onEnd: () => this.#streams.delete(stream),
      now: this.#options.now ?? (() => performance.now()),
    });
    return stream;
  }

  #set(name: State, bytes: Uint8Array): void {
    this.#states[name] = { version: this.#states[name].version + 1, bytes };
    this.#tellAll();
  }

  // Of several things that happen together, readers hear together.
  #tellAll(): void {
    if (this.#isTelling || this.#streams.size === 0) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      for (const stream of this.#streams) stream.news();
    });
  }

  #cutOffSlow(): void {
    const { maxUnreadMs = 30_000 } = this.#options;
    for (const stream of this.#streams) {
      if (stream.unreadMs() < maxUnreadMs) continue;
      this.#streams.delete(stream);
      stream.cut(new Error("The reader of the events is too slow"));
    }
  }
}

// Compressed for each reader by itself, the same bytes would cost a core.
function eventResponse(body: ReadableStream<Uint8Array> | null): Response {
  return new Response(body, {
    headers: {
      ...COMMON_HEADERS,
      "cache-control": "no-store, no-transform",
      "content-type": "text/event-stream",
      "x-accel-buffering": "no",
    },
  });
}
