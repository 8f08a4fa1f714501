/** One version of an entry, as its pointer describes it. */
export interface EntryVersion {
  /** Grows with each write of the entry, and beyond what it ever was if it is deleted and made anew. */
  readonly version: bigint;
  /** Of the content, in bytes. */
  readonly length: number;
  /** SHA-256 of the content, 64 hexadecimal digits. */
  readonly sha256: string;
  /** The epoch of the leader that wrote it. */
  readonly epoch: bigint;
  /** When it was written, by the clock of the leader's host: for people, nothing is decided by it. */
  readonly writtenAt: string;
}

/** A named entry at its newest version. */
export interface Entry extends EntryVersion {
  readonly name: string;
}

/** An entry whose pointer or blob cannot be used. */
export interface BrokenEntry {
  readonly name: string;
  readonly problem: string;
}

/** What a write expects to find: this version, no entry, any entry; left out: anything. */
export type Expectation = { version: bigint } | "absent" | "present";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/** The rule for names, as messages state it. */
export const NAME_RULE = "1 to 200 letters, digits, or . _ - and a letter or digit first";

/** Names are those of znodes and blobs, as they are: nothing in them needs an escape anywhere. */
export function isEntryName(name: string): boolean {
  return NAME.test(name);
}
