import assert from "node:assert/strict";
import { parseMasterStatus, shown } from "../../../../src/cli/status/master_status.ts";
import type { NodeStatus } from "../../../../src/http/status.ts";

const DOCUMENT: NodeStatus = {
  node: {
    host: "a",
    webuiPort: 8081,
    rpcPort: 50_000,
    pid: 42,
    version: "0.1.0",
    startedAt: "2025-01-02T03:04:05.678Z",
    now: "2026-01-02T04:00:00.000Z",
    clockStepMs: 0,
  },
  clusterId: "/cluster_one",
  role: "leader",
  leader: {
    address: "http://a:8081",
    leaderSessionId: "id",
    epoch: "7",
    own: true,
    leaseLeftMs: 1500,
  },
  connection: { kind: "connected", sessionId: "0x1" },
  workers: [{ workerId: "1", host: "w", pid: 7, millisecondsSinceHeartbeat: 3 }],
  command: { kind: "running", pid: 8 },
  state: null,
};

Deno.test("parseMasterStatus() reads what a master says of itself", () => {
  assert.deepEqual(parseMasterStatus(DOCUMENT), {
    host: "a",
    webuiPort: 8081,
    rpcPort: 50_000,
    pid: 42,
    version: "0.1.0",
    startedAt: "2025-01-02T03:04:05.678Z",
    clusterId: "/cluster_one",
    role: "leader",
    leader: { address: "http://a:8081", leaderSessionId: "id", epoch: "7", leaseLeftMs: 1500 },
    connection: "connected",
    workerHosts: ["w"],
    command: "running",
  });
});

Deno.test("parseMasterStatus() reads the document of another version", () => {
  const { state: _, command: __, ...older } = DOCUMENT;
  const status = parseMasterStatus({ ...older, role: "paused", more: 1, leader: null });
  assert.equal(status?.role, undefined);
  assert.equal(status?.leader, undefined);
  assert.equal(status?.command, undefined);
  assert.equal(status?.host, "a");
});

Deno.test("parseMasterStatus() takes nothing for a master that is none", () => {
  const { node } = DOCUMENT;
  const others = [
    undefined,
    null,
    "ok",
    [],
    {},
    { ...DOCUMENT, node: null },
    { ...DOCUMENT, node: { ...node, host: 1 } },
    { ...DOCUMENT, node: { ...node, webuiPort: 70_000 } },
    { ...DOCUMENT, node: { ...node, pid: "1" } },
    { ...DOCUMENT, role: 1 },
    { ...DOCUMENT, clusterId: undefined },
    { ...DOCUMENT, workers: { length: 1 } },
  ];
  for (const other of others) assert.equal(parseMasterStatus(other), undefined);
});

Deno.test("parseMasterStatus() makes every text printable and passes over what makes no sense", () => {
  const evil = "\x1b[2J\u202e\n";
  const status = parseMasterStatus({
    ...DOCUMENT,
    node: { ...DOCUMENT.node, host: evil, version: evil, startedAt: 1, rpcPort: -1 },
    clusterId: evil,
    leader: { address: evil, leaderSessionId: evil, epoch: evil, leaseLeftMs: "1" },
    connection: evil,
    workers: [{ host: evil }, null, 7, { host: { a: 1 } }],
    command: { kind: [] },
  });
  assert.deepEqual(status, {
    host: "?[2J??",
    webuiPort: 8081,
    rpcPort: null,
    pid: 42,
    version: "?[2J??",
    startedAt: "unknown",
    clusterId: "?[2J??",
    role: "leader",
    leader: { address: "?[2J??", leaderSessionId: "?[2J??" },
    connection: "unknown",
    workerHosts: ["?[2J??", "unknown", "unknown", "unknown"],
  });
});

Deno.test("parseMasterStatus() keeps no more workers than leaders take", () => {
  const workers = Array.from({ length: 30_000 }, () => ({ host: "w" }));
  assert.equal(parseMasterStatus({ ...DOCUMENT, workers })?.workerHosts.length, 20_000);
});

Deno.test("shown() cuts what is too long", () => {
  assert.equal(shown("x".repeat(100_000)).length, 300);
});
