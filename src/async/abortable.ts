import { AnySignal } from "./any_signal.ts";

/** Waits for the promise, but not longer than the signal: then rejects with the signal's reason. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {});
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Waits until the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Runs a step that must not hang: its signal aborts, and waiting ends, after `timeoutMs`. */
export async function withLimit<T>(
  step: (signal: AbortSignal) => T | Promise<T>,
  options: { act: string; timeoutMs: number; signal?: AbortSignal },
): Promise<T> {
  const { act, timeoutMs, signal } = options;
  const limit = new AbortController();
  const late = new DOMException(`${act} took longer than ${timeoutMs} ms`, "TimeoutError");
  const timer = setTimeout(() => limit.abort(late), timeoutMs);
  using either = new AnySignal(signal ? [signal, limit.signal] : [limit.signal]);
  try {
    return await abortable(Promise.resolve(step(either.signal)), either.signal);
  } finally {
    clearTimeout(timer);
  }
}
