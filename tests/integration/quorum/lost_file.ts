import type { RandomSource } from "../../unit/election/random_source.ts";

/** What changes the content of a file. */
export type Edit =
  | { readonly kind: "write"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "resize"; readonly length: number };

const SECTOR_BYTES = 512;

/** A file as a disk may have it: what was flushed for sure, of what came later any part. */
export class LostFile {
  #durable: Uint8Array;
  #content: Uint8Array;
  #unflushed: readonly Edit[] = [];

  /** `content` is what the system has in its memory, where that is more than what is durable. */
  constructor(durable: Uint8Array = new Uint8Array(0), content: Uint8Array = durable) {
    this.#durable = this.#content = durable;
    if (content === durable) return;
    this.edit({ kind: "resize", length: content.length });
    this.edit({ kind: "write", at: 0, bytes: content });
  }

  get content(): Uint8Array {
    return this.#content;
  }

  edit(edit: Edit): void {
    this.#content = edited(this.#content, edit);
    this.#unflushed = [...this.#unflushed, edit];
  }

  /** Begins a flush; what is returned ends it: all edits before its beginning are durable then. */
  flush(): () => void {
    const content = this.#content;
    const count = this.#unflushed.length;
    return () => {
      this.#durable = content;
      this.#unflushed = this.#unflushed.slice(count);
    };
  }

  /** What a loss of power leaves: sector by sector, in whatever order the system has written. */
  afterPowerLoss(random: RandomSource): Uint8Array {
    const isOrderly = random.below(2) === 0;
    const kept = random.below(this.#unflushed.length + 1);
    const edits = isOrderly
      ? this.#unflushed.slice(0, kept)
      : this.#unflushed.flatMap(sectors).filter(() => random.below(2) === 0);
    return edits.reduce(edited, this.#durable);
  }
}

function edited(content: Uint8Array, edit: Edit): Uint8Array {
  const end = edit.kind === "resize" ? edit.length : edit.at + edit.bytes.length;
  const length = edit.kind === "resize" ? end : Math.max(content.length, end);
  const after = new Uint8Array(length);
  after.set(content.subarray(0, length));
  if (edit.kind === "write") after.set(edit.bytes, edit.at);
  return after;
}

function sectors(edit: Edit): Edit[] {
  if (edit.kind === "resize") return [edit];
  const parts: Edit[] = [];
  const { at: from, bytes } = edit;
  for (let at = from; at < from + bytes.length;) {
    const end = Math.min(at - at % SECTOR_BYTES + SECTOR_BYTES, from + bytes.length);
    parts.push({ kind: "write", at, bytes: bytes.subarray(at - from, end - from) });
    at = end;
  }
  return parts;
}
