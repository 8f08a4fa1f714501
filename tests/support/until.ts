import { delay } from "../../src/async/delay.ts";

/** How long to go on asking; both ends are bounds, whichever comes first. */
export interface UntilOptions {
  /** 10 seconds unless told. */
  limitMs?: number;
  /** Pause between two questions; 20 ms unless told. */
  intervalMs?: number;
  signal?: AbortSignal;
}

/**
 * Asks again and again until the answer satisfies the predicate, for facts that announce themselves
 * by no event. A question that throws counts as "not yet"; its error is the cause of the failure.
 */
export function until<T, S extends T>(
  read: () => T | Promise<T>,
  predicate: (value: T) => value is S,
  options?: UntilOptions,
): Promise<S>;
export function until<T>(
  read: () => T | Promise<T>,
  predicate: (value: T) => boolean,
  options?: UntilOptions,
): Promise<T>;
export async function until<T>(
  read: () => T | Promise<T>,
  predicate: (value: T) => boolean,
  options: UntilOptions = {},
): Promise<T> {
  const { limitMs = 10_000, intervalMs = 20, signal } = options;
  using limit = bounded(limitMs, signal);
  let last: { value: T } | { error: unknown } | undefined;
  while (!limit.signal.aborted) {
    last = await Promise.race([answer(read), limit.passed]) ?? last;
    if (last && "value" in last && predicate(last.value)) return last.value;
    await delay(intervalMs, { signal: limit.signal }).catch(() => {});
  }
  signal?.throwIfAborted();
  throw inVain(limitMs, last);
}

async function answer<T>(read: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await read() };
  } catch (error) {
    return { error };
  }
}

function bounded(limitMs: number, signal: AbortSignal | undefined) {
  const limit = new AbortController();
  const passed = Promise.withResolvers<undefined>();
  const end = () => {
    limit.abort();
    passed.resolve(undefined);
  };
  const timer = setTimeout(end, limitMs);
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end, { once: true });
  return {
    signal: limit.signal,
    passed: passed.promise,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    },
  };
}

function inVain(limitMs: number, last: { value: unknown } | { error: unknown } | undefined): Error {
  if (!last) return new Error(`Waited ${limitMs} ms in vain: no answer at all`);
  if ("error" in last) {
    return new Error(`Waited ${limitMs} ms in vain: the last attempt failed`, {
      cause: last.error,
    });
  }
  return new Error(`Waited ${limitMs} ms in vain: the last answer was ${Deno.inspect(last.value)}`);
}
