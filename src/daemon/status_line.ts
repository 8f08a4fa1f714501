import type { LeaderInformation } from "../election/leadership.ts";
import type { ConnectionStatus, NodeStatus } from "../http/status.ts";
import type { RegistrationState } from "./leader_attachment.ts";

/** What a worker knows of itself. */
export interface WorkerFacts {
  registration: RegistrationState;
  leader: LeaderInformation | undefined;
  connection: Pick<ConnectionStatus, "kind">;
}

const NOT_CONNECTED = "not connected to ZooKeeper";

/** A master's state in one line, as `systemctl status` shows it. */
export function statusLine(status: NodeStatus): string {
  const { role, leader, workers, connection, state } = status;
  switch (role) {
    case "stopping":
      return "stopping";
    case "leader":
      return [
        "leader",
        `epoch ${leader?.epoch ?? "unknown"}`,
        `${workers.length} ${workers.length === 1 ? "worker" : "workers"}`,
        ...(state?.kind === "degraded" ? ["state degraded"] : []),
        ...(isConnected(connection) ? [] : [NOT_CONNECTED]),
      ].join(", ");
    case "standby":
      if (!isConnected(connection)) return `standby; ${NOT_CONNECTED}`;
      return `standby; ${leader ? `leader is ${place(leader.address)}` : "no leader"}`;
    case "starting":
      return isConnected(connection) ? "starting" : NOT_CONNECTED;
  }
}

/** A worker's state in one line. */
export function workerStatusLine({ registration, leader, connection }: WorkerFacts): string {
  const known = leader ? `leader is ${place(leader.address)}` : "no leader";
  const parts = registration.kind === "registered" && leader
    ? [`registered with ${place(leader.address)}`]
    : [registration.kind, known];
  return [...parts, ...(isConnected(connection) ? [] : [NOT_CONNECTED])].join("; ");
}

function isConnected({ kind }: Pick<ConnectionStatus, "kind">): boolean {
  return kind === "connected" || kind === "none";
}

function place(address: string): string {
  return address.replace(/^https?:\/\//, "");
}
