import type { Bytes } from "../storage.ts";

/** So many bytes of a content are kept, so that sending it can begin anew. */
export const KEPT_BYTES = 8 * 1024 * 1024;

/** A content that can be read again from its beginning, as long as no more than `keptBytes` were read. */
export class RepeatableContent implements Disposable {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #keptBytes: number;
  #kept: Uint8Array[] = [];
  #coming: Promise<Uint8Array | undefined> | undefined;
  #length = 0;
  #failure: { error: unknown } | undefined;

  constructor(content: Bytes, options: { keptBytes: number } = { keptBytes: KEPT_BYTES }) {
    this.#source = content[Symbol.asyncIterator]();
    this.#keptBytes = options.keptBytes;
  }

  /** How many bytes came from the source until now. */
  get length(): number {
    return this.#length;
  }

  /** True while the content can still be read from its beginning. */
  get isRepeatable(): boolean {
    return this.#failure === undefined && this.#length <= this.#keptBytes;
  }

  /** The failure of whoever gives the content, which is no failure of the storage. */
  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  /** The content from its beginning. A reader may stop anywhere, also while it waits. */
  async *read(): AsyncGenerator<Uint8Array, void, void> {
    for (let index = 0;;) {
      while (index < this.#kept.length) yield this.#kept[index++]!;
      // A piece that a reader waited for, and then did not take, is the next one's as well.
      this.#coming ??= this.#pull().finally(() => this.#coming = undefined);
      const piece = await this.#coming;
      if (piece === undefined) return;
      if (this.#length > this.#keptBytes) yield piece;
    }
  }

  [Symbol.dispose](): void {
    this.#kept = [];
    // Not waited for: a giver that hangs would hold up whoever wants to give up.
    Promise.resolve(this.#source.return?.()).catch(() => {});
  }

  async #pull(): Promise<Uint8Array | undefined> {
    const result = await this.#source.next().catch((error) => {
      this.#failure = { error };
      throw error;
    });
    if (result.done) return undefined;
    this.#length += result.value.length;
    if (this.#length > this.#keptBytes) this.#kept = [];
    else this.#kept.push(result.value);
    return result.value;
  }
}
