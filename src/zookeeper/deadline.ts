/**
 * Runs an act that must end within `ms`: the signal it is given aborts then, with the reason, or
 * when the caller's does. The act must heed its signal.
 */
export async function withinLimit<T>(
  limit: { ms: number; reason: Error; signal?: AbortSignal },
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const expiry = new AbortController();
  const onAbort = () => expiry.abort(limit.signal?.reason);
  const timer = setTimeout(() => expiry.abort(limit.reason), limit.ms);
  if (limit.signal?.aborted) onAbort();
  else limit.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await act(expiry.signal);
  } finally {
    clearTimeout(timer);
    limit.signal?.removeEventListener("abort", onAbort);
  }
}

/** The promise, unless the signal aborts first; the promise itself goes on unobserved. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Resolves after `ms`, or at once when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    if (signal.aborted) finish();
    else signal.addEventListener("abort", finish, { once: true });
  });
}
