import type { Role } from "../../http/status.ts";
import { printable } from "../state/text.ts";

/** What a master said of itself; every text of it can be printed. */
export interface MasterStatus {
  host: string;
  webuiPort: number;
  rpcPort: number | null;
  pid: number;
  version: string;
  startedAt: string;
  clusterId: string;
  /** Undefined: one that this version does not know. */
  role: Role | undefined;
  /** The leader that it knows, itself or another. */
  leader: KnownLeader | undefined;
  /** Its connection to ZooKeeper, `connected`. */
  connection: string;
  /** The hosts of the workers that are registered with it, one for each worker. */
  workerHosts: readonly string[];
  /** What its command does; absent where it has none. */
  command?: string;
}

export interface KnownLeader {
  address: string;
  leaderSessionId: string;
  /** Absent if the leader is no masterd. */
  epoch?: string;
  leaseLeftMs?: number;
}

const ROLES: ReadonlySet<unknown> = new Set<Role>(["starting", "standby", "leader", "stopping"]);
/** Longer than any name that works. */
const MAX_TEXT = 300;
/** Twice as many as a leader takes. */
const MAX_WORKERS = 20_000;

/** Text of others, made short and harmless. */
export function shown(text: string): string {
  return printable(text.slice(0, MAX_TEXT));
}

/** Reads the document of this or another version; undefined if it is not that of a master. */
export function parseMasterStatus(document: unknown): MasterStatus | undefined {
  const { node, clusterId, role, leader, connection, workers, command } = fields(document);
  const { host, webuiPort, rpcPort, pid, version, startedAt } = fields(node);
  if (!isText(host) || !isPort(webuiPort) || !isCount(pid)) return undefined;
  if (!isText(clusterId) || !isText(role) || !Array.isArray(workers)) return undefined;
  const commandKind = fields(command).kind;
  return {
    host: shown(host),
    webuiPort,
    rpcPort: isPort(rpcPort) ? rpcPort : null,
    pid,
    version: textOr("unknown", version),
    startedAt: textOr("unknown", startedAt),
    clusterId: shown(clusterId),
    role: ROLES.has(role) ? role as Role : undefined,
    leader: parseLeader(fields(leader)),
    connection: textOr("unknown", fields(connection).kind),
    workerHosts: workers.slice(0, MAX_WORKERS).map((worker) =>
      textOr("unknown", fields(worker).host)
    ),
    ...(isText(commandKind) ? { command: shown(commandKind) } : {}),
  };
}

/** Whether a master with this connection can take part in the election; a factory module needs none. */
export function isConnected(connection: string): boolean {
  return connection === "connected" || connection === "none";
}

function parseLeader(leader: Record<string, unknown>): KnownLeader | undefined {
  const { address, leaderSessionId, epoch, leaseLeftMs } = leader;
  if (!isText(address) || !isText(leaderSessionId)) return undefined;
  return {
    address: shown(address),
    leaderSessionId: shown(leaderSessionId),
    ...(isText(epoch) && /^\d{1,19}$/.test(epoch) ? { epoch } : {}),
    ...(typeof leaseLeftMs === "number" ? { leaseLeftMs } : {}),
  };
}

function fields(value: unknown): Record<string, unknown> {
  const isObject = typeof value === "object" && value !== null;
  return isObject ? value as Record<string, unknown> : {};
}

function textOr(otherwise: string, value: unknown): string {
  return isText(value) ? shown(value) : otherwise;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isPort(value: unknown): value is number {
  return isCount(value) && value >= 1 && value <= 65_535;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}
