import type { JournalEvent } from "./cluster_document.ts";

/** What `/api/v1/journal` says: all that is kept, oldest first. */
export interface JournalDocument {
  /** Another one with each start of the master. */
  boot: string;
  events: readonly ({ id: string } & JournalEvent)[];
}

/** A journal as streams read it: each entry has a number, and its bytes are made once. */
export interface JournalFeed {
  /** Number of the newest entry; 0 before the first. */
  readonly last: number;
  /** The number that an id stands for; 0, before all that is kept, for one that is not of this journal. */
  numberOf(id: string | undefined): number;
  /** All kept entries behind this one, as text/event-stream has them. */
  after(number: number): Uint8Array;
  /** Calls the listener at each entry; returns the function that ends this. */
  onNote(listener: () => void): () => void;
  document(): JournalDocument;
}

/** Something of which only the newest counts; `version` grows with each. */
export interface StatePayload {
  version: number;
  /** Undefined while there is none. */
  bytes: Uint8Array | undefined;
}

/** What all streams are told; the same bytes for all of them. */
export interface EventFeed {
  readonly journal: JournalFeed;
  readonly states: readonly StatePayload[];
}
