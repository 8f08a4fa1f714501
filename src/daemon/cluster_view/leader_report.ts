import type { CommandStatus, StateStatus, WorkerStatus } from "../../http/status.ts";
import { shortText } from "./short_text.ts";

/** What a leader tells those who stand by, in limits: it may be no leader, and no masterd. */
export interface LeaderReport {
  connection: string | null;
  sessionId: string | null;
  version: string | null;
  pid: number | null;
  startedAt: string | null;
  lease: { leftMs: number; lengthMs: number } | null;
  /** The first of them. */
  workers: WorkerStatus[];
  workersCount: number;
  state: StateStatus | null;
  command: CommandStatus | null;
}

export const MAX_WORKERS = 200;
const MAX_BROKEN = 100;
const MAX_DETAILS = 20;

const STATE_KINDS: readonly StateStatus["kind"][] = ["recovering", "healthy", "degraded"];
const COMMAND_KINDS: readonly CommandStatus["kind"][] = [
  "idle",
  "starting",
  "running",
  "stopping",
  "waiting",
  "cooling-down",
];

/** Reads the status of the leader of this session; undefined if it is not, or does not say so. */
export function parseLeaderReport(
  body: unknown,
  leaderSessionId: string,
): LeaderReport | undefined {
  const { node, role, leader, connection, workers, command, state } = fields(body);
  const { own, leaderSessionId: told, leaseLeftMs } = fields(leader);
  if (role !== "leader" || own !== true || told !== leaderSessionId) return undefined;
  const { version, pid, startedAt } = fields(node);
  const { kind, sessionId, sessionTimeoutMs } = fields(connection);
  const all = Array.isArray(workers) ? workers : [];
  return {
    connection: textOf(kind),
    sessionId: textOf(sessionId),
    version: textOf(version),
    pid: countOf(pid),
    startedAt: textOf(startedAt),
    lease: leaseOf(leaseLeftMs, sessionTimeoutMs),
    workers: all.slice(0, MAX_WORKERS).flatMap((worker) => parseWorker(worker) ?? []),
    workersCount: all.length,
    state: parseState(state),
    command: parseCommand(command),
  };
}

function leaseOf(leftMs: unknown, lengthMs: unknown): LeaderReport["lease"] {
  const [left, length] = [countOf(leftMs), countOf(lengthMs)];
  return left === null || length === null
    ? null
    : { leftMs: Math.min(left, length), lengthMs: length };
}

function parseWorker(worker: unknown): WorkerStatus | undefined {
  const { workerId, host, pid, millisecondsSinceHeartbeat } = fields(worker);
  const [id, name] = [textOf(workerId), textOf(host)];
  if (id === null || name === null) return undefined;
  return {
    workerId: id,
    host: name,
    pid: countOf(pid) ?? 0,
    millisecondsSinceHeartbeat: countOf(millisecondsSinceHeartbeat) ?? 0,
  };
}

function parseState(state: unknown): StateStatus | null {
  const { kind, entries, broken, brokenCount, lastError } = fields(state);
  const known = STATE_KINDS.find((each) => each === kind);
  if (known === undefined) return null;
  const named = Array.isArray(broken) ? broken.slice(0, MAX_BROKEN) : [];
  const error = textOf(lastError);
  return {
    kind: known,
    entries: countOf(entries),
    broken: named.map((entry) => {
      const { name, problem } = fields(entry);
      return { name: textOf(name) ?? "?", problem: textOf(problem) ?? "?" };
    }),
    brokenCount: countOf(brokenCount) ?? named.length,
    ...(error === null ? {} : { lastError: error }),
  };
}

function parseCommand(command: unknown): CommandStatus | null {
  const { kind, ...details } = fields(command);
  const known = COMMAND_KINDS.find((each) => each === kind);
  if (known === undefined) return null;
  return { kind: known, ...plainDetails(details, { depth: 2 }) };
}

/** As much of an object as a page may be shown: few fields, short texts, not deep. */
function plainDetails(details: Record<string, unknown>, { depth }: { depth: number }) {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(details).slice(0, MAX_DETAILS)) {
    if (!/^[A-Za-z]{1,40}$/.test(name)) continue;
    if (typeof value === "string") plain[name] = shortText(value);
    else if (value === null || typeof value !== "object") plain[name] = value;
    else if (depth > 1) plain[name] = plainDetails(fields(value), { depth: depth - 1 });
  }
  return plain;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? shortText(value) : null;
}

function countOf(value: unknown): number | null {
  return typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : null;
}
