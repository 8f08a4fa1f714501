import { AnySignal } from "../async/any_signal.ts";
import { delay } from "../async/delay.ts";
import type { Term } from "./command_options.ts";

// Until a guard has all ready that a command needs; the lease always grows by more than that.
const START_MS = 50;

/**
 * Waits while so little is left of the term that a command would have to be stopped as soon as it had
 * started: the lease of a new leader is short until its next renewal. Returns once there is more, or
 * nothing, left; rejects with the signal's reason.
 */
export async function roomToStop(
  term: Term,
  options: { graceMs: number; now: () => number; signal: AbortSignal },
): Promise<void> {
  const { graceMs, now, signal } = options;
  const leftMs = () => term.deadline() - now();
  const isShort = () => leftMs() > 0 && leftMs() <= graceMs + START_MS;
  while (isShort()) await renewalWithin(leftMs(), term, signal);
}

async function renewalWithin(limitMs: number, term: Term, signal: AbortSignal): Promise<void> {
  const renewal = new AbortController();
  const unsubscribe = term.onRenewal(() => renewal.abort());
  using either = new AnySignal([signal, renewal.signal]);
  await delay(limitMs, { signal: either.signal }).catch(() => {});
  unsubscribe();
  signal.throwIfAborted();
}
