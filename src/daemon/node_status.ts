import { formatHostPort } from "../config/host_port.ts";
import type { LeaderInformation } from "../election/leadership.ts";
import type { LeaderStatus, NodeStatus, WorkerStatus } from "../http/status.ts";
import type { ConnectionState } from "./high_availability/services.ts";
import { roleName, type RoleState } from "./role.ts";
import { VERSION } from "./version.ts";

/** What a master knows of itself. */
export interface NodeFacts {
  host: string;
  webuiPort: number;
  /** 0 as long as none is bound. */
  rpcPort: number;
  startedAt: string;
  clusterId: string;
  role: RoleState;
  /** The leader that others see. */
  leader: LeaderInformation | undefined;
  connection: ConnectionState;
  workers: WorkerStatus[];
}

/** What a master tells of itself. */
export function describeNode(facts: NodeFacts): NodeStatus {
  const { host, webuiPort, rpcPort, startedAt, clusterId, connection, workers } = facts;
  return {
    node: {
      host,
      webuiPort,
      rpcPort: rpcPort === 0 ? null : rpcPort,
      pid: Deno.pid,
      version: VERSION,
      startedAt,
    },
    clusterId,
    role: roleName(facts.role),
    leader: describeLeader(facts),
    connection,
    workers,
  };
}

function describeLeader({ role, leader, host, webuiPort: port }: NodeFacts): LeaderStatus | null {
  if (role.kind === "leading" && !role.leadership.lost.aborted) {
    const { leaderSessionId, epoch } = role.leadership;
    const address = `http://${formatHostPort({ host, port })}`;
    return { address, leaderSessionId, epoch: String(epoch), own: true };
  }
  if (!leader) return null;
  const epoch = leader.details ? String(leader.details.epoch) : null;
  return { address: leader.address, leaderSessionId: leader.leaderSessionId, epoch, own: false };
}
