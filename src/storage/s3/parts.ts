import { createHash, type Hash } from "node:crypto";
import { abortable } from "../../async/abortable.ts";
import type { Bytes } from "../storage.ts";
import type { Payload } from "./s3_client.ts";

/** So much of a content is kept; longer ones travel in parts of this length. */
export const PART_BYTES = 8 * 1024 * 1024;

const BLOCK_BYTES = 256 * 1024;

/** A part of a content. */
export interface Part {
  readonly payload: Payload;
  /** True: nothing follows. */
  readonly isLast: boolean;
}

/** Cuts a content into parts. One is kept at a time: the next one takes its place. */
export class Parts implements Disposable {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal;
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];
  #rest: Uint8Array | undefined = new Uint8Array(0);

  constructor(content: Bytes, { signal }: { signal: AbortSignal }) {
    this.#pieces = content[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  /** Gathers the next part; the payload of the one before must not be used any more. */
  async next(): Promise<Part> {
    const sha256 = createHash("sha256");
    const md5 = createHash("md5");
    let length = 0;
    while (length < PART_BYTES) {
      const bytes = await this.#more();
      if (bytes === undefined) break;
      const taken = bytes.subarray(0, PART_BYTES - length);
      this.#rest = bytes.subarray(taken.length);
      sha256.update(taken);
      md5.update(taken);
      this.#keep(taken, length);
      length += taken.length;
    }
    const isLast = await this.#more() === undefined;
    return { payload: payloadOf(this.#blocks, { length, sha256, md5 }), isLast };
  }

  /** Tells the giver of the content that no more is wanted. */
  [Symbol.dispose](): void {
    // Not waited for: a giver that hangs would hold up whoever wants to give up.
    this.#pieces.return?.().catch(() => {});
  }

  /** What was given and is in no part yet; undefined at the end. */
  async #more(): Promise<Uint8Array | undefined> {
    while (this.#rest?.length === 0) {
      const next = await abortable(this.#pieces.next(), this.#signal);
      this.#rest = next.done ? undefined : next.value;
    }
    return this.#rest;
  }

  // Pieces may be of single bytes: kept as they come they would take many times their length.
  #keep(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length;) {
      const offset = (at + done) % BLOCK_BYTES;
      const index = (at + done - offset) / BLOCK_BYTES;
      const block = this.#blocks[index] ??= new Uint8Array(BLOCK_BYTES);
      const some = bytes.subarray(done, done + BLOCK_BYTES - offset);
      block.set(some, offset);
      done += some.length;
    }
  }
}

function payloadOf(
  blocks: readonly Uint8Array[],
  { length, sha256, md5 }: { length: number; sha256: Hash; md5: Hash },
): Payload {
  return {
    length,
    sha256: sha256.digest("hex"),
    md5: md5.digest("base64"),
    async *bytes() {
      let left = length;
      for (const block of blocks) {
        if (left <= 0) return;
        yield block.subarray(0, left);
        left -= block.length;
      }
    },
  };
}

/** The payload of a short document. */
export function payloadOfText(text: string): Payload {
  const bytes = new TextEncoder().encode(text);
  const sha256 = createHash("sha256").update(bytes);
  const md5 = createHash("md5").update(bytes);
  return payloadOf([bytes], { length: bytes.length, sha256, md5 });
}
