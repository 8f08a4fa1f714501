import { jsonResponse } from "./responses.ts";
import type { Route } from "./router.ts";

export type Role = "starting" | "standby" | "leader" | "stopping";

/** What a master says of itself at `/api/v1/status`. */
export interface NodeStatus {
  node: {
    host: string;
    webuiPort: number;
    rpcPort: number | null;
    pid: number;
    version: string;
    startedAt: string;
    /** The wall clock. */
    now: string;
    /** By how many milliseconds the wall clock was set since the start; back if negative. */
    clockStepMs: number;
  };
  clusterId: string;
  role: Role;
  leader: LeaderStatus | null;
  connection: ConnectionStatus;
  /** The workers registered here; only a leader has any. */
  workers: WorkerStatus[];
  /** The leader's command and what became of it; null where none is configured. */
  command: CommandStatus | null;
  /** What the leader knows of the state it keeps; null on any other node, and where none is kept. */
  state: StateStatus | null;
}

/** The state in storageDir, as its leader knows it; degraded: somebody should look at it. */
export interface StateStatus {
  kind: "recovering" | "healthy" | "degraded";
  /** Broken ones included; null while nobody knows. */
  entries: number | null;
  /** No more than 100 of them. */
  broken: { name: string; problem: string }[];
  brokenCount: number;
  /** What the storage failed with, until it does its work again. */
  lastError?: string;
}

export interface LeaderStatus {
  address: string;
  leaderSessionId: string;
  /** Decimal digits, for epochs do not fit into a JSON number; null if the leader is not masterd. */
  epoch: string | null;
  /** Whether the node that answers is this leader. */
  own: boolean;
  /** For how long leadership is proven; null for another node, and where it cannot run out. */
  leaseLeftMs: number | null;
}

/** What the command of a leader does: its state, and what is known of it. */
export interface CommandStatus {
  kind: "idle" | "starting" | "running" | "stopping" | "waiting" | "cooling-down";
  [detail: string]: unknown;
}

/** The connection to the coordination service: its state, and what is known of it. */
export interface ConnectionStatus {
  kind: "none" | "connecting" | "connected" | "suspended" | "lost";
  [detail: string]: string | number | undefined;
}

export interface WorkerStatus {
  workerId: string;
  host: string;
  pid: number;
  millisecondsSinceHeartbeat: number;
}

/** The routes by which people, load balancers and supervisors ask a node what it is. */
export function statusRoutes(status: (options?: { maxWorkers: number }) => NodeStatus): Route[] {
  // Load balancers ask several times a second, and workers may be thousands.
  const route = (path: string, answer: (status: NodeStatus) => Response): Route => ({
    method: "GET",
    path,
    answer: () => answer(status({ maxWorkers: 0 })),
  });
  return [
    { method: "GET", path: "/api/v1/status", answer: () => statusResponse(status()) },
    route("/leader", (now) => roleResponse(now, "leader")),
    route("/standby", (now) => roleResponse(now, "standby")),
    route("/live", () => jsonResponse(200, { live: true })),
    route("/ready", readyResponse),
  ];
}

function codeOf(holds: boolean): number {
  return holds ? 200 : 503;
}

function statusResponse(status: NodeStatus): Response {
  return jsonResponse(codeOf(status.role !== "stopping"), status);
}

function roleResponse(status: NodeStatus, role: Role): Response {
  return jsonResponse(codeOf(status.role === role), { role: status.role, leader: status.leader });
}

function readyResponse(status: NodeStatus): Response {
  const ready = isReady(status);
  return jsonResponse(codeOf(ready), {
    ready,
    role: status.role,
    connection: status.connection.kind,
  });
}

/** Whether the node leads, or would take over now if the leader died. */
export function isReady({ role, connection }: NodeStatus): boolean {
  if (role === "leader") return true;
  return role === "standby" && (connection.kind === "connected" || connection.kind === "none");
}
