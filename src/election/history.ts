import { parseObject } from "./json_document.ts";

/** How a leadership ended in order, as the one who led says it. */
export type Ending = "switchover" | "stopped" | "command failed";

/** Why a leadership began, which is why the one before it ended. */
export type LeadershipCause = Ending | "first" | "crashed" | "expired" | "unknown";

/** A leadership as the history keeps it; every time of it is for people. */
export interface PastLeadership {
  /** Decimal digits. */
  epoch: string;
  host: string;
  port: number;
  publishedAt: string;
  /** By the clock of the one who noticed; null for the one that goes on, and where nobody noticed. */
  endedAt: string | null;
  /** Null unless the one who led said so before it gave leadership back. */
  ending: Ending | null;
  /** For how long nobody could be found as the leader before it; null if nobody measured it. */
  gapMs: number | null;
  cause: LeadershipCause;
  /** The process that led, and its session: they tell later what became of it. */
  process: { pid: number; startedAt: string; sessionId: string } | null;
}

/** What a node holds: `other-format` is left alone, `garbage` gives way to the next leadership. */
export type HistoryDocument =
  | { kind: "readable"; leaderships: readonly PastLeadership[] }
  | { kind: "garbage" }
  | { kind: "other-format" };

/** The version of the document. */
const FORMAT = 1;
const MAX_LEADERSHIPS = 50;
/** Whoever may write the node may write a book into it. */
const MAX_TEXT = 255;

const CAUSES: readonly LeadershipCause[] = [
  "switchover",
  "stopped",
  "command failed",
  "first",
  "crashed",
  "expired",
  "unknown",
];
const ENDINGS: readonly Ending[] = ["switchover", "stopped", "command failed"];

/** The JSON document of the newest leaderships, newest first. */
export function encodeHistory(leaderships: readonly PastLeadership[]): Uint8Array {
  const newest = leaderships.slice(0, MAX_LEADERSHIPS);
  return new TextEncoder().encode(JSON.stringify({ format: FORMAT, leaderships: newest }));
}

/** Reads what anybody may have written; passes over what is no leadership. */
export function decodeHistory(bytes: Uint8Array): HistoryDocument {
  const { format, leaderships } = parseObject(bytes);
  if (typeof format === "number" && format !== FORMAT) return { kind: "other-format" };
  if (format !== FORMAT || !Array.isArray(leaderships)) return { kind: "garbage" };
  const newest = leaderships.slice(0, MAX_LEADERSHIPS);
  return { kind: "readable", leaderships: newest.flatMap((entry) => decodeOne(entry) ?? []) };
}

/**
 * The history with a leadership that has begun; the same if it is in it already. The one before it ends
 * with it, at the time that the new leader saw, unless it said more.
 */
export function withBegun(
  leaderships: readonly PastLeadership[],
  begun: PastLeadership,
  seen: { endedAt: string | null },
): readonly PastLeadership[] {
  if (leaderships.some(({ epoch }) => epoch === begun.epoch)) return leaderships;
  const [newest, ...older] = leaderships;
  if (newest === undefined) return [begun];
  return [begun, { ...newest, endedAt: newest.endedAt ?? seen.endedAt }, ...older];
}

/** The history with the end of one leadership; the same if that is not in it. */
export function withEnded(
  leaderships: readonly PastLeadership[],
  { epoch, endedAt, ending }: { epoch: string; endedAt: string; ending: Ending },
): readonly PastLeadership[] {
  return leaderships.map((one) => one.epoch === epoch ? { ...one, endedAt, ending } : one);
}

function decodeOne(entry: unknown): PastLeadership | undefined {
  const { epoch, host, port, publishedAt, endedAt, ending, gapMs, cause, process } = fields(entry);
  if (typeof epoch !== "string" || !/^\d{1,19}$/.test(epoch)) return undefined;
  if (!isText(host) || !isPort(port) || !isText(publishedAt)) return undefined;
  return {
    epoch,
    host,
    port,
    publishedAt,
    endedAt: isText(endedAt) ? endedAt : null,
    ending: ENDINGS.find((known) => known === ending) ?? null,
    gapMs: typeof gapMs === "number" && gapMs >= 0 ? gapMs : null,
    cause: CAUSES.find((known) => known === cause) ?? "unknown",
    process: decodeProcess(process),
  };
}

function decodeProcess(value: unknown): PastLeadership["process"] {
  const { pid, startedAt, sessionId } = fields(value);
  if (typeof pid !== "number" || !isText(startedAt) || !isText(sessionId)) return null;
  return { pid, startedAt, sessionId };
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_TEXT;
}

function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65535;
}
