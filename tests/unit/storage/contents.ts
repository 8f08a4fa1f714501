import type { Bytes } from "../../../src/storage/storage.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A content of these pieces. */
export async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array, void, void> {
  for (const text of texts) yield encoder.encode(text);
}

/** So many pieces of one length, of which no two neighbours are alike. */
export async function* manyPieces(
  count: number,
  length: number,
): AsyncGenerator<Uint8Array, void, void> {
  for (let index = 0; index < count; index++) yield new Uint8Array(length).fill(index % 251);
}

/** A content that gives its first piece and then nothing, not even when it is asked to end. */
export function endless(): { content: Bytes; isWaiting: Promise<void> } {
  const waiting = Promise.withResolvers<void>();
  async function* content(): AsyncGenerator<Uint8Array, void, void> {
    yield encoder.encode("first");
    waiting.resolve();
    await new Promise<never>(() => {});
  }
  return { content: content(), isWaiting: waiting.promise };
}

/** The whole content as text. */
export async function textOf(content: Bytes): Promise<string> {
  let text = "";
  for await (const piece of content) text += decoder.decode(piece);
  return text;
}
