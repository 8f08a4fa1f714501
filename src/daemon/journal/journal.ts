import type { JournalEvent, JournalKind } from "../../http/cluster_document.ts";
import { formatEvent } from "../../http/events_format.ts";
import type { JournalDocument, JournalFeed } from "../../http/events_feed.ts";

interface Entry {
  number: number;
  event: JournalEvent;
  bytes: Uint8Array;
}

export type JournalDetails = Readonly<Record<string, string | number | boolean | null>>;

export interface JournalOptions {
  /** 1000 unless told. */
  maxEntries?: number;
  boot?: string;
  now?: () => Date;
}

/** Others may have written what a message tells of. */
const MAX_TEXT = 300;

/**
 * What happened here since this process began, the last of it. Each kind of event gives way to the
 * others: ten thousand workers that register must not drive out the failover before.
 */
export class Journal implements JournalFeed {
  readonly #boot: string;
  readonly #maxEntries: number;
  readonly #now: () => Date;
  readonly #counts = new Map<JournalKind, number>();
  readonly #listeners = new Set<() => void>();
  #entries: Entry[] = [];
  #last = 0;
  /** All entries as readers get them, made when the first one asks. */
  #text: { bytes: Uint8Array; starts: readonly number[] } | undefined;

  constructor(options: JournalOptions = {}) {
    this.#boot = options.boot ?? crypto.randomUUID().slice(0, 8);
    this.#maxEntries = options.maxEntries ?? 1000;
    this.#now = options.now ?? (() => new Date());
  }

  get last(): number {
    return this.#last;
  }

  note(kind: JournalKind, message: string, details: JournalDetails = {}): void {
    const number = this.#last += 1;
    const at = this.#now().toISOString();
    const event: JournalEvent = { at, kind, message: cut(message), ...bounded(details) };
    const bytes = formatEvent("journal", event, this.#id(number));
    this.#entries.push({ number, event, bytes });
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    if (this.#entries.length > this.#maxEntries) this.#dropOne();
    this.#text = undefined;
    for (const listener of [...this.#listeners]) listener();
  }

  onNote(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  numberOf(id: string | undefined): number {
    const [, boot, digits] = /^([^.]+)\.(\d{1,15})$/.exec(id ?? "") ?? [];
    const number = Number(digits);
    return boot === this.#boot && number <= this.#last ? number : 0;
  }

  // One text for all readers, of which each gets a part: a thousand that are slow hold no more than one.
  after(number: number): Uint8Array {
    const index = this.#indexAfter(number);
    const { bytes, starts } = this.#text ??= joined(this.#entries);
    return bytes.subarray(starts[index] ?? bytes.length);
  }

  document(): JournalDocument {
    const events = this.#entries.map(({ number, event }) => ({ id: this.#id(number), ...event }));
    return { boot: this.#boot, events };
  }

  #id(number: number): string {
    return `${this.#boot}.${number}`;
  }

  #indexAfter(number: number): number {
    // Who follows is nearly always at the end.
    const fromEnd = this.#entries.findLastIndex((entry) => entry.number <= number);
    return fromEnd + 1;
  }

  #dropOne(): void {
    const [most] = [...this.#counts].reduce((one, other) => other[1] > one[1] ? other : one);
    const index = this.#entries.findIndex(({ event }) => event.kind === most);
    this.#entries.splice(index, 1);
    this.#counts.set(most, this.#counts.get(most)! - 1);
  }
}

function joined(entries: readonly Entry[]): { bytes: Uint8Array; starts: readonly number[] } {
  const length = entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const all = new Uint8Array(length);
  const starts: number[] = [];
  let start = 0;
  for (const { bytes } of entries) {
    starts.push(start);
    all.set(bytes, start);
    start += bytes.length;
  }
  return { bytes: all, starts };
}

function bounded(details: JournalDetails): JournalDetails {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) =>
      [name, typeof value === "string" ? cut(value) : value] as const
    ),
  );
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
}
