import type { ClusterKnowledge } from "../../../../src/daemon/cluster_view/knowledge.ts";
import { parseLeaderReport } from "../../../../src/daemon/cluster_view/leader_report.ts";
import type { LeaderAnswer } from "../../../../src/daemon/cluster_view/leader_call.ts";
import type { ElectionPicture } from "../../../../src/election/election_picture.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import type { NodeStatus } from "../../../../src/http/status.ts";
import { led } from "../../election/past_leaderships.ts";

const STARTED_AT = "2026-01-01T00:00:00.000Z";

/** What a master says of itself; by default b:8082, which stands by while a:8081 leads. */
export function standby(more: Partial<NodeStatus> = {}): NodeStatus {
  return {
    node: {
      host: "b",
      webuiPort: 8082,
      rpcPort: 2,
      pid: 20,
      version: "0.1.0",
      startedAt: STARTED_AT,
      now: "2026-01-02T00:00:00.000Z",
      clockStepMs: 0,
    },
    clusterId: "/one",
    role: "standby",
    leader: {
      address: "http://a:8081",
      leaderSessionId: "session-a",
      epoch: "7",
      own: false,
      leaseLeftMs: null,
    },
    connection: { kind: "connected", sessionId: "0x2", sessionTimeoutMs: 4000 },
    workers: [],
    command: null,
    state: null,
    ...more,
  };
}

/** What a:8081, which leads, says of itself. */
export function leading(more: Partial<NodeStatus> = {}): NodeStatus {
  const { node, leader, ...rest } = standby();
  return {
    ...rest,
    node: { ...node, host: "a", webuiPort: 8081, pid: 10 },
    role: "leader",
    leader: { ...leader!, own: true, leaseLeftMs: 2500 },
    connection: { kind: "connected", sessionId: "0x1", sessionTimeoutMs: 4000 },
    workers: [{ workerId: "w1", host: "c", pid: 30, millisecondsSinceHeartbeat: 5 }],
    state: { kind: "healthy", entries: 3, broken: [], brokenCount: 0 },
    command: { kind: "running", restarts: 0, isReady: true },
    ...more,
  };
}

export const LEADER: LeaderInformation = {
  leaderSessionId: "session-a",
  address: "http://a:8081",
  details: { host: "a", webuiPort: 8081, rpcPort: 1, epoch: 7n, version: "0.1.0" },
};

export const PICTURE: ElectionPicture = {
  queue: [
    { path: "/latch/1", participant: "a:8081", epoch: 7n, session: 1n },
    { path: "/latch/2", participant: "b:8082", epoch: 9n, session: 2n },
  ],
  masters: [
    registered("b:8082", 2n, 20),
    registered("a:8081", 1n, 10),
  ],
  history: [led("7")],
};

function registered(participant: string, session: bigint, pid: number) {
  return { participant, session, czxid: session, version: "0.1.0", pid, startedAt: STARTED_AT };
}

/** What the leader told this long before `ticks`. */
export function told(status: NodeStatus, ageMs = 0): LeaderAnswer {
  const leaderSessionId = "session-a";
  const report = parseLeaderReport(JSON.parse(JSON.stringify(status)), leaderSessionId)!;
  return { kind: "told", leaderSessionId, askedAt: 1000 - ageMs, report };
}

/** What b:8082 knows. */
export function knownByStandby(more: Partial<ClusterKnowledge> = {}): ClusterKnowledge {
  return {
    now: new Date(0),
    ticks: 1000,
    own: standby(),
    workersCount: 0,
    leader: LEADER,
    election: PICTURE,
    answer: told(leading(), 100),
    pause: undefined,
    configured: [{ host: "a", port: 8081 }, { host: "b", port: 8082 }],
    takesSwitchovers: false,
    ...more,
  };
}

/** What a:8081 knows. */
export function knownByLeader(more: Partial<ClusterKnowledge> = {}): ClusterKnowledge {
  return knownByStandby({
    own: leading(),
    workersCount: 1,
    answer: { kind: "unasked" },
    ...more,
  });
}
