import { isStorageError, StorageError } from "../errors.ts";
import type { HttpAnswer } from "../http_exchange.ts";
import { Attempts } from "../retry.ts";
import type { S3Client } from "./s3_client.ts";

/** Which object to read. */
export interface ObjectRead {
  /** The blob, for messages. */
  name: string;
  key: string;
  signal: AbortSignal;
}

/**
 * The bytes of an object. What breaks off is taken up again where it ended, if it is still the same object:
 * few times in a row, but anew after each byte that came.
 */
export async function* readObject(
  client: S3Client,
  { name, key, signal }: ObjectRead,
): AsyncGenerator<Uint8Array, void, void> {
  const act = `read ${name}`;
  const { limits, isPassing } = client.retries({ signal });
  let received = 0;
  let tag: string | undefined;
  const canGoOn = (error: unknown) => isPassing(error) && (received === 0 || tag !== undefined);
  const attempts = new Attempts({ limits, isPassing: canGoOn, signal });
  while (true) {
    try {
      const headers = received === 0 ? {} : fromByte(received, tag!);
      const answer = await client.sendOnce({ act, method: "GET", key, headers }, { signal });
      tag ??= strongTag(answer.headers);
      for await (const piece of rest(answer, received, act)) {
        received += piece.length;
        attempts.progressed();
        yield piece;
      }
      return;
    } catch (error) {
      if (isStorageError(error, "exists")) {
        throw new StorageError("failed", `Cannot ${act}: it was changed meanwhile`, {
          cause: error,
        });
      }
      await attempts.waitAfter(error);
    }
  }
}

/** The ETag, if a condition can be put on it: a weak one fits nothing (RFC 9110, 13.1.1). */
function strongTag(headers: Headers): string | undefined {
  const tag = headers.get("etag");
  return tag === null || tag.startsWith("W/") ? undefined : tag;
}

function fromByte(position: number, tag: string): Record<string, string> {
  return { range: `bytes=${position}-`, "if-match": tag };
}

/** What is new to a reader who has received so much: some servers ignore that only the rest was asked for. */
async function* rest(
  answer: HttpAnswer,
  received: number,
  act: string,
): AsyncGenerator<Uint8Array, void, void> {
  const { status, headers, body } = answer;
  const range = headers.get("content-range") ?? "";
  if (status === 206 && !range.startsWith(`bytes ${received}-`)) {
    answer.discard();
    throw new StorageError("failed", `Cannot ${act}: the server sent another range of it`);
  }
  let known = status === 206 ? 0 : received;
  for await (const piece of body) {
    const fresh = piece.subarray(known);
    known -= piece.length - fresh.length;
    if (fresh.length > 0) yield fresh;
  }
}
