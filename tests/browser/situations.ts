import type {
  ClusterDocument,
  ClusterMaster,
  JournalEvent,
  PastLeadership,
} from "../../src/http/cluster_document.ts";
import type { NodeStatus, WorkerStatus } from "../../src/http/status.ts";

export const NOW = "2026-11-23T02:14:07.250Z";
const VERSION = "0.1.0";
const SESSION = "6c7bb16e-6f70-4d5a-b3a8-4b3ad2ef0b3f";

/** What the master that serves the page says of itself: a standby. */
export const NODE_STATUS: NodeStatus = {
  node: {
    host: "db-2.example",
    webuiPort: 8081,
    rpcPort: 50010,
    pid: 2114,
    version: VERSION,
    startedAt: "2026-11-20T21:40:12.000Z",
    now: NOW,
    clockStepMs: 0,
  },
  clusterId: "/billing",
  role: "standby",
  leader: {
    address: "http://db-1.example:8081",
    leaderSessionId: SESSION,
    epoch: "4294967311",
    own: false,
    leaseLeftMs: null,
  },
  connection: { kind: "connected", server: "zk-1.example:2181" },
  workers: [],
  command: null,
  state: null,
};

function master(index: number, changes: Partial<ClusterMaster> = {}): ClusterMaster {
  return {
    host: `db-${index}.example`,
    port: 8081,
    role: index === 1 ? "leader" : "standby",
    place: index - 1,
    epoch: String(4294967310 + index),
    isSelf: index === 2,
    isRegistered: true,
    connection: "connected",
    pid: 2112 + index,
    version: VERSION,
    startedAt: `2026-11-20T21:40:1${index}.000Z`,
    ...changes,
  };
}

function workers(count: number): WorkerStatus[] {
  return Array.from({ length: count }, (_, index) => ({
    workerId: `worker-${index + 1}.example-${30_000 + index}`,
    host: `worker-${index + 1}.example`,
    pid: 30_000 + index,
    millisecondsSinceHeartbeat: 400 + index * 730,
  }));
}

const HISTORY: PastLeadership[] = [
  {
    epoch: "4294967311",
    host: "db-1.example",
    port: 8081,
    publishedAt: "2026-11-22T23:02:40.100Z",
    endedAt: null,
    gapMs: 38,
    cause: "crashed",
  },
  {
    epoch: "4294967298",
    host: "db-3.example",
    port: 8081,
    publishedAt: "2026-11-21T09:15:02.000Z",
    endedAt: "2026-11-22T23:02:40.062Z",
    gapMs: 12,
    cause: "switchover",
  },
  {
    epoch: "4294967291",
    host: "db-1.example",
    port: 8081,
    publishedAt: "2026-11-20T21:41:00.000Z",
    endedAt: "2026-11-21T09:15:01.988Z",
    gapMs: 9800,
    cause: "expired",
  },
  {
    epoch: "4294967280",
    host: "db-2.example",
    port: 8081,
    publishedAt: "2026-11-20T21:40:20.000Z",
    endedAt: "2026-11-20T21:40:50.200Z",
    gapMs: null,
    cause: "first",
  },
];

export const HEALTHY: ClusterDocument = {
  clusterId: "/billing",
  answeredBy: { host: "db-2.example", port: 8081 },
  now: NOW,
  leader: {
    address: "http://db-1.example:8081",
    host: "db-1.example",
    port: 8081,
    epoch: "4294967311",
    leaderSessionId: SESSION,
    since: HISTORY[0]!.publishedAt,
  },
  masters: [master(1), master(2), master(3)],
  lease: { leftMs: 8100, lengthMs: 9500 },
  workers: workers(6),
  workersCount: 6,
  state: { kind: "healthy", entries: 42, broken: [], brokenCount: 0 },
  command: { kind: "running", pid: 7647 },
  hasLeaderAnswered: true,
  history: HISTORY,
  paused: null,
  verdict: {
    severity: "ok",
    sentence:
      "All is well: db-1.example:8081 (epoch 4294967311) leads, and 2 standbys could take over",
    advice: null,
  },
  switchover: false,
};

/** A master of which only its line in conf/masters is known. */
const ABSENT: Partial<ClusterMaster> = {
  role: "unknown",
  place: null,
  epoch: null,
  isRegistered: false,
  connection: null,
  pid: null,
  version: null,
  startedAt: null,
};

/** The leader has crashed a moment ago, and nobody has taken over yet. */
export const FAILOVER: ClusterDocument = {
  ...HEALTHY,
  leader: null,
  masters: [
    master(2, { place: 0 }),
    master(3, { place: 1 }),
    master(1, ABSENT),
  ],
  lease: null,
  workers: [],
  workersCount: null,
  state: null,
  command: null,
  hasLeaderAnswered: false,
  history: [{ ...HISTORY[0]!, endedAt: "2026-11-23T02:14:07.100Z" }, ...HISTORY.slice(1)],
  verdict: {
    severity: "critical",
    sentence: "Nobody leads, although 2 masters run: db-2.example:8081 is next",
    advice: "Look again in a moment; if it stays so, look at the logs of the masters, and ask " +
      "`masterd doctor HOST:PORT` why that one does not lead",
  },
};

/** The failover is over: the standby that serves the page leads. */
export const TAKEN_OVER: ClusterDocument = {
  ...HEALTHY,
  now: "2026-11-23T02:14:07.290Z",
  leader: {
    ...HEALTHY.leader!,
    address: "http://db-2.example:8081",
    host: "db-2.example",
    epoch: "4294967312",
    since: "2026-11-23T02:14:07.280Z",
  },
  masters: [master(2, { role: "leader", place: 0 }), master(3, { place: 1 })],
  history: [
    {
      ...HISTORY[0]!,
      epoch: "4294967312",
      host: "db-2.example",
      publishedAt: "2026-11-23T02:14:07.280Z",
      gapMs: 41,
    },
    ...FAILOVER.history,
  ],
  verdict: {
    severity: "warning",
    sentence: "db-1.example:8081 of conf/masters does not run",
    advice: "Start it: `bin/jobmanager.sh start db-1.example 8081`",
  },
};

/** As a master tells it that has lost ZooKeeper a while ago: all but itself is what it saw last. */
export const NO_QUORUM: ClusterDocument = {
  ...HEALTHY,
  leader: { ...HEALTHY.leader!, since: null },
  masters: [
    master(1, { ...ABSENT, role: "leader" }),
    master(2, { place: null, epoch: null, isRegistered: false, connection: "suspended" }),
    master(3, ABSENT),
  ],
  lease: null,
  workers: [],
  workersCount: null,
  state: null,
  command: null,
  hasLeaderAnswered: false,
  history: [],
  verdict: {
    severity: "critical",
    sentence: "ZooKeeper cannot be used from here: Connection refused (os error 111)",
    advice: "Look at the network between here and the servers, and at their logs",
  },
};

export const DEGRADED: ClusterDocument = {
  ...HEALTHY,
  lease: { leftMs: 3900, lengthMs: 9500 },
  state: {
    kind: "degraded",
    entries: 42,
    broken: [
      { name: "checkpoints/orders", problem: "the blob is gone" },
      { name: "checkpoints/customers-of-the-north", problem: "its SHA-256 is another" },
    ],
    brokenCount: 2,
    lastError: "Cannot write s3://billing/state: 503 Service Unavailable, after 5 attempts in 12 s",
  },
  paused: { since: "2026-11-23T02:10:00.000Z", by: "root@db-1", reason: "disk change in rack 4" },
  verdict: {
    severity: "warning",
    sentence: "The storage s3://billing/state fails: 503 Service Unavailable",
    advice: "Make room, or correct the rights; `masterd state fsck` then looks at what is kept",
  },
};

export const JOURNAL: JournalEvent[] = [
  { at: "2026-11-22T23:02:40.062Z", kind: "leader", message: "db-3.example:8081 leads no more" },
  { at: "2026-11-22T23:02:40.100Z", kind: "leader", message: "db-1.example:8081 leads" },
  {
    at: "2026-11-23T01:12:09.000Z",
    kind: "connection",
    message: "suspended: zk-2.example:2181 hung up",
  },
  {
    at: "2026-11-23T01:12:09.210Z",
    kind: "connection",
    message: "connected to zk-1.example:2181",
  },
];

/** A cluster in which every text that another party may write tries to be markup. */
export function hostile(text: string): ClusterDocument {
  const { history, verdict, workers, masters } = HEALTHY;
  return {
    ...HEALTHY,
    clusterId: text,
    answeredBy: { host: text, port: 8081 },
    leader: { ...HEALTHY.leader!, address: text, host: text },
    masters: masters.map((master) => ({ ...master, host: text, connection: text, version: text })),
    workers: workers.map((worker) => ({ ...worker, host: text, workerId: text })),
    state: {
      kind: "degraded",
      entries: 1,
      broken: [{ name: text, problem: text }],
      brokenCount: 1,
      lastError: text,
    },
    history: history.map((leadership) => ({ ...leadership, host: text, epoch: text })),
    paused: { since: text, by: text, reason: text },
    verdict: { ...verdict, sentence: text, advice: text },
  };
}

/** As much as one document tells at most. */
export const LARGE: ClusterDocument = {
  ...HEALTHY,
  masters: Array.from({ length: 9 }, (_, index) => master(index + 1)),
  workers: workers(200),
  workersCount: 10_000,
  history: Array.from({ length: 50 }, (_, index) => ({
    ...HISTORY[index % 3]!,
    epoch: String(4294967311 - index),
    endedAt: index === 0 ? null : HISTORY[1]!.endedAt,
  })),
};
