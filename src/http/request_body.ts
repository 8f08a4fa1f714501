import { concatenate } from "./pieces.ts";
import { RequestError } from "./responses.ts";

export interface BodyLimits {
  maxBytes: number;
  timeoutMs: number;
}

const DEFAULT_LIMITS: BodyLimits = { maxBytes: 64 * 1024, timeoutMs: 10_000 };

/** Reads a JSON body; one that is too long, too slow or no JSON is answered with what is wrong. */
export async function readJson(
  request: Request,
  limits: BodyLimits = DEFAULT_LIMITS,
): Promise<unknown> {
  const bytes = await readBytes(request, limits);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new RequestError(400, "The body is not JSON");
  }
}

async function readBytes(request: Request, limits: BodyLimits): Promise<Uint8Array> {
  if (!request.body) throw new RequestError(400, "The body is empty: JSON is expected");
  const reader = request.body.getReader();
  const tooSlow = new RequestError(408, `The body took longer than ${limits.timeoutMs} ms`);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(tooSlow), limits.timeoutMs);
  try {
    return await Promise.race([collect(reader, limits.maxBytes), late.promise]);
  } catch (error) {
    reader.cancel(error).catch(() => {});
    throw error instanceof RequestError ? error : new RequestError(400, "The body ended early");
  } finally {
    clearTimeout(timer);
  }
}

async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (true) {
    const { done, value } = await reader.read();
    if (done) return concatenate(pieces);
    length += value.length;
    if (length > maxBytes) throw new RequestError(413, `The body is longer than ${maxBytes} bytes`);
    pieces.push(value);
  }
}
