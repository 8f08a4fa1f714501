import { formatHostPort } from "../config/host_port.ts";
import type { LeaderInformation } from "../election/leadership.ts";
import type { LeaderStatus, NodeStatus, StateStatus, WorkerStatus } from "../http/status.ts";
import type { ConnectionState } from "./high_availability/services.ts";
import { isHeld, roleName, type RoleState } from "./role.ts";
import type { StartTime } from "./start_time.ts";
import { VERSION } from "./version.ts";
import type { WorkloadState } from "../workload/workload_state.ts";

/** What a master knows of itself. */
export interface NodeFacts {
  host: string;
  webuiPort: number;
  /** 0 as long as none is bound. */
  rpcPort: number;
  start: StartTime;
  clusterId: string;
  role: RoleState;
  /** The leader that others see. */
  leader: LeaderInformation | undefined;
  connection: ConnectionState;
  workers: WorkerStatus[];
  /** What the leader's command does, where one is configured. */
  command?: WorkloadState;
  /** What a leader knows of the state it keeps. */
  state: StateStatus | null;
}

/** What a master tells of itself. */
export function describeNode(facts: NodeFacts): NodeStatus {
  const { host, webuiPort, rpcPort, start, clusterId, connection, workers, command } = facts;
  return {
    node: {
      host,
      webuiPort,
      rpcPort: rpcPort === 0 ? null : rpcPort,
      pid: Deno.pid,
      version: VERSION,
      startedAt: start.at.toISOString(),
      now: new Date().toISOString(),
      clockStepMs: start.clockStepMs(),
    },
    clusterId,
    role: roleName(facts.role),
    leader: describeLeader(facts),
    connection,
    workers,
    command: command ?? null,
    state: facts.state,
  };
}

function describeLeader({ role, leader, host, webuiPort: port }: NodeFacts): LeaderStatus | null {
  if (role.kind === "leading" && isHeld(role.leadership)) {
    const { leaderSessionId, epoch } = role.leadership;
    const address = `http://${formatHostPort({ host, port })}`;
    const leftMs = role.leadership.deadline() - performance.now();
    const leaseLeftMs = leftMs === Infinity ? null : Math.floor(leftMs);
    return { address, leaderSessionId, epoch: String(epoch), own: true, leaseLeftMs };
  }
  if (!leader) return null;
  const epoch = leader.details ? String(leader.details.epoch) : null;
  return {
    address: leader.address,
    leaderSessionId: leader.leaderSessionId,
    epoch,
    own: false,
    leaseLeftMs: null,
  };
}
