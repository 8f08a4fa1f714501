import type { LeadershipCause, PastLeadership } from "../../election/history.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { askStatus } from "../master_call.ts";

/** What keeps a packet from arriving, whether its receiver lives or not. */
const DARK = ["HostUnreachable", "NetworkUnreachable", "TimedOut", "TimeoutError"];

/** What a former leader says of itself. */
export type AskLeader = (
  leader: PastLeadership,
  options: { signal: AbortSignal },
) => Promise<unknown>;

/**
 * Why a leadership began: why the one before it, of which the history knows, ended. Without a word of
 * its own it is asked whether its process lives.
 */
export async function causeOf(
  { newest, predecessor }: {
    newest: PastLeadership | undefined;
    /** Who was seen leading before. */
    predecessor: LeaderInformation | undefined;
  },
  { ask = askStatus, signal }: { ask?: AskLeader; signal: AbortSignal },
): Promise<LeadershipCause> {
  if (newest === undefined) return predecessor === undefined ? "first" : "unknown";
  // One of which the history does not know led in between.
  const isGap = predecessor !== undefined && String(predecessor.details?.epoch) !== newest.epoch;
  if (isGap) return "unknown";
  if (newest.ending !== null) return newest.ending;
  if (newest.process === null) return "unknown";
  try {
    return fateOf(newest.process, await ask(newest, { signal }));
  } catch (error) {
    signal.throwIfAborted();
    return fateBehind(error);
  }
}

/** The process lives, or another one in its place. */
function fateOf(
  process: NonNullable<PastLeadership["process"]>,
  body: unknown,
): LeadershipCause {
  const { node, connection } = fields(body);
  const { pid, startedAt } = fields(node);
  if (typeof pid !== "number") return "unknown";
  if (pid !== process.pid || startedAt !== process.startedAt) return "crashed";
  const { kind, sessionId } = fields(connection);
  // With the session that it led by, it lost leadership in some other way.
  return kind === "connected" && sessionId === process.sessionId ? "unknown" : "expired";
}

function fateBehind(error: unknown): LeadershipCause {
  if (error instanceof Deno.errors.ConnectionRefused) return "crashed";
  return error instanceof Error && DARK.includes(error.name) ? "expired" : "unknown";
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
