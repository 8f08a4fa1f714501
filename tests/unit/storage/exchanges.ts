import { exchange, type HttpAnswer, type HttpRequest } from "../../../src/storage/http_exchange.ts";
import type { Visit } from "../../support/raw_server.ts";

export const HEAD_END = "\r\n\r\n";
/** More than any test sends. */
export const FOREVER = 1e9;
export const { signal } = new AbortController();

/** Asks by GET, with ten seconds to move, unless told otherwise. */
export function ask(url: URL, request: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
  return exchange({ method: "GET", url, timeoutMs: 10_000, signal, ...request });
}

/** So many pieces of letters. */
export async function* letters(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    await Promise.resolve();
    yield new Uint8Array(size).fill(97 + (i % 26));
  }
}

/** What a server does that answers every head by the same words. */
export function answering(answer: string): (visit: Visit) => Promise<void> {
  return async (visit) => {
    await visit.readUntil(HEAD_END);
    await visit.say(answer);
  };
}
