import assert from "node:assert/strict";
import { statusLine, workerStatusLine } from "../../../src/daemon/status_line.ts";
import type { NodeStatus } from "../../../src/http/status.ts";

const LEADER = {
  address: "http://two:8082",
  leaderSessionId: "b2d5f7b1-0000-4000-8000-000000000000",
  epoch: "4711",
  own: false,
  leaseLeftMs: null,
};
const CONNECTED = { kind: "connected" } as const;
const SUSPENDED = { kind: "suspended" } as const;

function node(differences: Partial<NodeStatus>): NodeStatus {
  return {
    node: {
      host: "one",
      webuiPort: 8081,
      rpcPort: 50010,
      pid: 1,
      version: "0.0.0",
      startedAt: "2026-01-01T00:00:00.000Z",
      now: "2026-01-02T04:00:00.000Z",
      clockStepMs: 0,
    },
    clusterId: "/one",
    role: "standby",
    leader: LEADER,
    connection: CONNECTED,
    workers: [],
    command: null,
    state: null,
    ...differences,
  };
}

function workers(count: number): NodeStatus["workers"] {
  return Array.from({ length: count }, (_, number) => ({
    workerId: String(number),
    host: "three",
    pid: number,
    millisecondsSinceHeartbeat: 0,
  }));
}

const OWN = { ...LEADER, own: true, leaseLeftMs: null };

const MASTERS: [Partial<NodeStatus>, string][] = [
  [{ role: "leader", leader: OWN, workers: workers(3) }, "leader, epoch 4711, 3 workers"],
  [{ role: "leader", leader: OWN, workers: workers(1) }, "leader, epoch 4711, 1 worker"],
  [
    { role: "leader", leader: OWN, connection: SUSPENDED },
    "leader, epoch 4711, 0 workers, not connected to ZooKeeper",
  ],
  [
    {
      role: "leader",
      leader: OWN,
      state: { kind: "degraded", entries: null, broken: [], brokenCount: 0 },
    },
    "leader, epoch 4711, 0 workers, state degraded",
  ],
  [{ role: "leader", leader: null }, "leader, epoch unknown, 0 workers"],
  [{}, "standby; leader is two:8082"],
  [{ leader: { ...LEADER, address: "https://[::1]:8082" } }, "standby; leader is [::1]:8082"],
  [{ leader: null }, "standby; no leader"],
  [{ leader: null, connection: { kind: "none" } }, "standby; no leader"],
  [{ connection: SUSPENDED }, "standby; not connected to ZooKeeper"],
  [{ connection: { kind: "lost" } }, "standby; not connected to ZooKeeper"],
  [{ role: "starting", connection: { kind: "connecting" } }, "not connected to ZooKeeper"],
  [{ role: "starting", connection: CONNECTED }, "starting"],
  [{ role: "stopping", connection: SUSPENDED }, "stopping"],
];

for (const [differences, line] of MASTERS) {
  Deno.test(`statusLine() says "${line}" of ${JSON.stringify(differences).slice(0, 60)}`, () => {
    assert.equal(statusLine(node(differences)), line);
  });
}

Deno.test("workerStatusLine() says with whom a worker is registered, or whom it looks for", () => {
  const leader = { leaderSessionId: LEADER.leaderSessionId, address: "http://two:8082" };
  const registered = { kind: "registered", leaderSessionId: leader.leaderSessionId } as const;
  const unregistered = { kind: "unregistered" } as const;
  const line = workerStatusLine;
  assert.equal(
    line({ registration: registered, leader, connection: CONNECTED }),
    "registered with two:8082",
  );
  assert.equal(
    line({ registration: unregistered, leader, connection: CONNECTED }),
    "unregistered; leader is two:8082",
  );
  assert.equal(
    line({ registration: unregistered, leader: undefined, connection: SUSPENDED }),
    "unregistered; no leader; not connected to ZooKeeper",
  );
  assert.equal(
    line({ registration: registered, leader: undefined, connection: SUSPENDED }),
    "registered; no leader; not connected to ZooKeeper",
  );
});
