import { AnySignal } from "../async/any_signal.ts";
import { isNamed } from "./conditions.ts";
import { RequestError } from "./responses.ts";
import type { StateCall, StateCalls, StateEntry } from "./state_calls.ts";

const MAX_WAIT_SECONDS = 60;

/** For how long a reader wants to wait for something new, in milliseconds; undefined: not at all. */
export function readWait(query: URLSearchParams): number | undefined {
  const text = query.get("wait");
  if (text === null) return undefined;
  if (/^\d{1,2}$/.test(text) && Number(text) <= MAX_WAIT_SECONDS) return Number(text) * 1000;
  throw new RequestError(400, `wait must be a number of seconds up to ${MAX_WAIT_SECONDS}`);
}

/**
 * Waits until an entry is not as `If-None-Match` names it, or, without that header, until there is one;
 * no longer than told, and without saying which.
 */
export async function untilNews(
  { calls, call, name, headers }: {
    calls: StateCalls;
    call: StateCall;
    name: string;
    headers: Headers;
  },
  waitMs: number,
): Promise<void> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), waitMs);
  using either = new AnySignal([call.signal, limit.signal]);
  try {
    for await (const entry of calls.follow(name, { ...call, signal: either.signal })) {
      if (isNews(entry, headers)) return;
    }
  } finally {
    clearTimeout(timer);
  }
}

function isNews(entry: StateEntry | undefined, headers: Headers): boolean {
  if (!headers.has("if-none-match")) return entry !== undefined;
  return entry === undefined || !isNamed(headers, entry.version);
}
