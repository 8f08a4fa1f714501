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
  for (const path of ["/", "/api/v1/status", "/leader", "/standby", "/ready"]) {
    assert.equal(await codeOf(path, "stopping"), 503, path);
  }
  assert.equal(await codeOf("/live", "stopping"), 200);
});

Deno.test("statusRoutes() shows role and leader on a page for people", async () => {
  const leader = { ...STATUS.leader!, own: false };
  const response = await ask("/", { role: "standby", leader });
  const html = await response.text();
  assert.match(response.headers.get("content-type")!, /^text\/html/);
  assert.match(html, /<td>standby<\/td>/);
  assert.match(html, /<a href="http:\/\/localhost:8081">/);
});

Deno.test("statusRoutes() escapes on its page what another party wrote", async () => {
  const leader = { ...STATUS.leader!, own: false, address: "javascript:<script>\"'" };
  const html = await (await ask("/", { leader })).text();
  assert.match(html, /<td>javascript:&lt;script&gt;&quot;&#39;<\/td>/);
  assert.doesNotMatch(html, /<script>/);
});

Deno.test("statusRoutes() shows on its page what a leader knows of the state", async () => {
  const pageOf = async (state: NodeStatus["state"]) => await (await ask("/", { state })).text();
  const broken = Array.from({ length: 12 }, (_, index) => ({ name: `e${index}`, problem: "gone" }));
  const well = { kind: "healthy" as const, entries: 1, broken: [], brokenCount: 0 };
  assert.match(await pageOf(well), /<th>State<\/th><td>healthy; 1 entry<\/td>/);
  const degraded = { kind: "degraded" as const, entries: 300, broken, brokenCount: 120 };
  const html = await pageOf({ ...degraded, lastError: "no <space>" });
  assert.match(html, /<td>degraded; 300 entries; 120 broken: e0, .*e9, …; no &lt;space&gt;<\/td>/);
  assert.doesNotMatch(await pageOf(null), /State/);
});

Deno.test("statusRoutes() writes an IPv6 host in brackets on its page", async () => {
  const html = await (await ask("/", { node: { ...STATUS.node, host: "::1" } })).text();
  assert.match(html, /<h1>\[::1\]:8081<\/h1>/);
});
