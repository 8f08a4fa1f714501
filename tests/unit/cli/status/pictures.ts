import type { Coordination } from "../../../../src/cli/status/coordination.ts";
import type { ClusterPicture } from "../../../../src/cli/status/cluster_look.ts";
import type { ExpectedMaster } from "../../../../src/cli/status/expected_cluster.ts";
import { countWorkers } from "../../../../src/cli/status/worker_count.ts";
import type { MasterAnswer } from "../../../../src/cli/status/master_call.ts";
import type { MasterStatus } from "../../../../src/cli/status/master_status.ts";
import type { MasterView } from "../../../../src/cli/status/master_views.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";

export const SESSION_ID = "00112233-4455-6677-8899-aabbccddeeff";
export const OTHER_SESSION_ID = "ffffffff-4455-6677-8899-aabbccddeeff";

/** A line of conf/masters. */
export function line(host: string, port = 8081, isFixed = true): ExpectedMaster {
  return { host, linePort: port, ports: isFixed ? [port] : [] };
}

/** A leader as ZooKeeper publishes it. */
export function published(
  host: string,
  { port = 8081, epoch = 7n, leaderSessionId = SESSION_ID } = {},
): LeaderInformation {
  const details = { host, webuiPort: port, rpcPort: 50_000, epoch, version: "0.1.0" };
  return { leaderSessionId, address: `http://${host}:${port}`, details };
}

/** What a master says; a standby that follows the leader of `published("a")` unless told. */
export function statusOf(host: string, more: Partial<MasterStatus> = {}): MasterStatus {
  return {
    host,
    webuiPort: 8081,
    rpcPort: 50_000,
    pid: 1,
    version: "0.1.0",
    startedAt: "2025-01-02T03:04:05.678Z",
    clusterId: "/cluster_one",
    role: "standby",
    leader: { address: "http://a:8081", leaderSessionId: SESSION_ID, epoch: "7" },
    connection: "connected",
    workerHosts: [],
    ...more,
  };
}

export function masterAnswer(host: string, more: Partial<MasterStatus> = {}): MasterAnswer {
  return { kind: "master", status: statusOf(host, more) };
}

/** A master of conf/masters, and what came of asking it. */
export function view(
  host: string,
  answer: MasterAnswer = masterAnswer(host),
  more: Partial<MasterView> = {},
): MasterView {
  const { port = 8081 } = more;
  return { expected: line(host, port), host, port, isRegistered: true, answer, ...more };
}

/** A master that leads. */
export function leading(
  host: string,
  { epoch = "7", leaderSessionId = SESSION_ID, ...more }: Partial<MasterStatus> & {
    epoch?: string;
    leaderSessionId?: string;
  } = {},
): MasterView {
  const address = `http://${host}:8081`;
  const leader = { address, leaderSessionId, epoch, leaseLeftMs: 1500 };
  return view(host, masterAnswer(host, { role: "leader", leader, ...more }));
}

export function unreachable(cause = "Connection refused"): MasterAnswer {
  return { kind: "unreachable", cause };
}

export function seen(
  leader: LeaderInformation | undefined,
  more: Partial<Coordination & { kind: "seen" }> = {},
): Coordination {
  return { kind: "seen", leader, participants: [], ...more };
}

/** By default a cluster that is well: a leads, b stands by, one worker. */
export function picture(more: Partial<ClusterPicture> & { workerHosts?: string[] } = {}) {
  const { workerHosts = ["w"], ...rest } = more;
  const masters = more.masters ?? [leading("a"), view("b")];
  const lines = masters.flatMap(({ expected }) => expected ?? []);
  const full: ClusterPicture = {
    mode: "zookeeper",
    expected: { clusterId: "/cluster_one", masters: lines, workerHosts },
    coordination: seen(published("a")),
    masters,
    workers: countWorkers(workerHosts, workerHosts, () => ({ isLocal: false, addresses: [] })),
    ...rest,
  };
  return full;
}
