import assert from "node:assert/strict";
import { answerBy } from "../../../src/http/router.ts";
import {
  type ConnectionStatus,
  type NodeStatus,
  type Role,
  statusRoutes,
} from "../../../src/http/status.ts";
import { request } from "./requests.ts";

const STATUS: NodeStatus = {
  node: {
    host: "localhost",
    webuiPort: 8081,
    rpcPort: 50010,
    pid: 42,
    version: "1.2.3",
    startedAt: "2026-01-02T03:04:05.678Z",
    now: "2026-01-02T04:00:00.000Z",
    clockStepMs: 0,
  },
  clusterId: "/cluster_one",
  role: "leader",
  leader: {
    address: "http://localhost:8081",
    leaderSessionId: "6c7bb16e-6f70-4d5a-b3a8-4b3ad2ef0b3f",
    epoch: "9007199254740993",
    own: true,
    leaseLeftMs: 6200,
  },
  connection: { kind: "connected", sessionId: "0x1", server: "localhost:2181" },
  workers: [],
  command: null,
  state: null,
};

function ask(path: string, changes: Partial<NodeStatus> = {}): Promise<Response> {
  return answerBy(statusRoutes(() => ({ ...STATUS, ...changes })))(request("GET", path));
}

async function codeOf(path: string, role: Role, kind: ConnectionStatus["kind"] = "connected") {
  return (await ask(path, { role, connection: { kind } })).status;
}

Deno.test("statusRoutes() gives the whole status as JSON", async () => {
  const response = await ask("/api/v1/status");
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), STATUS);
});

Deno.test("statusRoutes() answers /leader with 200 only while leading", async () => {
  assert.equal(await codeOf("/leader", "leader"), 200);
  for (const role of ["starting", "standby", "stopping"] as const) {
    assert.equal(await codeOf("/leader", role), 503);
  }
});

Deno.test("statusRoutes() names the leader also where /leader answers 503", async () => {
  const response = await ask("/leader", { role: "standby" });
  assert.deepEqual(await response.json(), { role: "standby", leader: STATUS.leader });
});

Deno.test("statusRoutes() answers /standby with 200 only while standby", async () => {
  assert.equal(await codeOf("/standby", "standby"), 200);
  for (const role of ["starting", "leader", "stopping"] as const) {
    assert.equal(await codeOf("/standby", role), 503);
  }
});

Deno.test("statusRoutes() answers /ready with 200 to who leads or could take over", async () => {
  assert.equal(await codeOf("/ready", "leader", "suspended"), 200);
  assert.equal(await codeOf("/ready", "standby", "connected"), 200);
  assert.equal(await codeOf("/ready", "standby", "none"), 200);
  assert.equal(await codeOf("/ready", "standby", "connecting"), 503);
  assert.equal(await codeOf("/ready", "standby", "suspended"), 503);
  assert.equal(await codeOf("/ready", "starting", "connected"), 503);
});

Deno.test("statusRoutes() answers all but /live with 503 while stopping", async () => {
  for (const path of ["/api/v1/status", "/leader", "/standby", "/ready"]) {
    assert.equal(await codeOf(path, "stopping"), 503, path);
  }
  assert.equal(await codeOf("/live", "stopping"), 200);
});
