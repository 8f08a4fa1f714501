import { RequestError } from "./responses.ts";

export interface StreamLimits {
  maxBytes: number;
  /** How long nothing may arrive. */
  idleMs: number;
}

/**
 * The pieces of a body as they arrive, none kept. Ends with an error, and so never as if it were whole,
 * if it breaks off.
 * @throws {RequestError} 408 too slow, 413 too long, 400 broken off, 411 neither there nor announced
 */
export async function* streamedBody(
  request: Request,
  { maxBytes, idleMs }: StreamLimits,
): AsyncGenerator<Uint8Array, void, void> {
  refuseTooLong(request, maxBytes);
  if (request.body === null) return refuseUnannounced(request);
  const reader = request.body.getReader();
  let length = 0;
  let isWhole = false;
  try {
    while (true) {
      const { done, value } = await within(idleMs, reader.read());
      if (done) {
        isWhole = true;
        if (length === 0) refuseUnannounced(request);
        return;
      }
      length += value.length;
      if (length > maxBytes) throw tooLong(maxBytes);
      yield value;
    }
  } finally {
    if (!isWhole) reader.cancel().catch(() => {});
  }
}

/**
 * Refuses a part of a content: the rest of it would be lost.
 * @throws {RequestError} 400
 */
export function refusePart({ headers }: Request): void {
  if (!headers.has("content-range")) return;
  throw new RequestError(
    400,
    "A content is written as a whole: Content-Range has no meaning here",
  );
}

/** Refuses a body that announces itself as too long before anything of it is taken in. */
export function refuseTooLong(request: Request, maxBytes: number): void {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLong(maxBytes);
}

// HTTP takes it for an empty one, and what was to be replaced would be lost. Whether there is a body
// shows only at its end: Deno's server has one for every method but GET and HEAD.
function refuseUnannounced({ headers }: Request): void {
  if (headers.has("content-length") || headers.has("transfer-encoding")) return;
  throw new RequestError(411, "There is no body: an empty content takes Content-Length: 0");
}

function tooLong(maxBytes: number): RequestError {
  return new RequestError(413, `The body is longer than ${maxBytes} bytes`, {
    fields: { kind: "too-large" },
  });
}

async function within<T>(idleMs: number, reading: Promise<T>): Promise<T> {
  const tooSlow = new RequestError(408, `Nothing of the body arrived for ${idleMs} ms`);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooSlow), idleMs);
  try {
    return await Promise.race([reading, late.promise]);
  } catch (error) {
    throw error instanceof RequestError ? error : new RequestError(400, "The body ended early");
  } finally {
    clearTimeout(timer);
  }
}
