import { AnySignal } from "../../async/any_signal.ts";
import { delay } from "../../async/delay.ts";
import type { LatestValue } from "../../async/latest_value.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { describeError } from "../../log/logger.ts";
import { askStatus } from "../master_call.ts";
import { type LeaderReport, parseLeaderReport } from "./leader_report.ts";
import { shortText } from "./short_text.ts";

/** What came of asking the leader. */
export type LeaderAnswer =
  /** Nobody has looked yet whether there is one to ask. */
  | { kind: "pending" }
  /** Nobody leads, this master does itself, or no masterd does. */
  | { kind: "unasked" }
  | { kind: "silent"; leaderSessionId: string; cause: string }
  /** `askedAt` as performance.now() counts: what is told was so at that time, or later. */
  | { kind: "told"; leaderSessionId: string; askedAt: number; report: LeaderReport };

export interface LeaderCallsOptions {
  leader: LatestValue<LeaderInformation | undefined>;
  /** Where this master can be reached: it does not ask itself. */
  own: () => { host: string; webuiPort: number };
  intervalMs?: number;
  limitMs?: number;
}

const INTERVAL_MS = 1000;
const LEAST_INTERVAL_MS = 250;

/** Asks the leader for its status, again and again until the signal aborts. */
export async function askLeader(
  answer: LatestValue<LeaderAnswer>,
  options: LeaderCallsOptions,
  signal: AbortSignal,
): Promise<void> {
  const { leader, intervalMs = INTERVAL_MS } = options;
  try {
    while (!signal.aborted) {
      const known = leader.value;
      answer.set(await answerOf(known, options, signal));
      await delay(Math.min(LEAST_INTERVAL_MS, intervalMs), { signal });
      await untilOther(leader, known, { limitMs: intervalMs - LEAST_INTERVAL_MS, signal });
    }
  } finally {
    answer.set({ kind: "pending" });
  }
}

async function answerOf(
  leader: LeaderInformation | undefined,
  { own, limitMs }: LeaderCallsOptions,
  signal: AbortSignal,
): Promise<LeaderAnswer> {
  if (leader?.details === undefined) return { kind: "unasked" };
  const { leaderSessionId, details: { host, webuiPort: port } } = leader;
  const self = own();
  if (host === self.host && port === self.webuiPort) return { kind: "unasked" };
  const askedAt = performance.now();
  try {
    const body = await askStatus({ host, port }, { limitMs, signal });
    const report = parseLeaderReport(body, leaderSessionId);
    if (report !== undefined) return { kind: "told", leaderSessionId, askedAt, report };
    return { kind: "silent", leaderSessionId, cause: "it does not say that it leads" };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "silent", leaderSessionId, cause: shortText(describeError(error)) };
  }
}

/** Waits until a value is another one, or as long as may be. */
async function untilOther<T>(
  value: LatestValue<T>,
  known: T,
  { limitMs, signal }: { limitMs: number; signal: AbortSignal },
): Promise<void> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), Math.max(0, limitMs));
  using either = new AnySignal([signal, limit.signal]);
  try {
    for await (const now of value.changes({ signal: either.signal })) {
      if (now !== known) return;
    }
  } finally {
    clearTimeout(timer);
  }
}
