import assert from "node:assert/strict";
import type { ClusterDocument } from "../../../src/http/cluster_document.ts";
import { clusterRoutes } from "../../../src/http/cluster_routes.ts";
import { dashboardRoutes } from "../../../src/http/dashboard/routes.ts";
import { openapiRoutes } from "../../../src/http/openapi_routes.ts";
import { metricsRoutes } from "../../../src/http/metrics.ts";
import type { JournalFeed } from "../../../src/http/events_feed.ts";
import { answerBy, type Route } from "../../../src/http/router.ts";
import { StateCallError, type StateCalls } from "../../../src/http/state_calls.ts";
import { stateRoutes } from "../../../src/http/state_routes.ts";
import { type NodeStatus, statusRoutes } from "../../../src/http/status.ts";
import { switchoverRoutes } from "../../../src/http/switchover_routes.ts";
import { workerRoutes } from "../../../src/http/worker_calls.ts";
import project from "../../../deno.json" with { type: "json" };
import {
  checkAnswer,
  differences,
  OPENAPI,
  operations,
  type Part,
  references,
  resolved,
} from "./openapi.ts";

const STATUS: NodeStatus = {
  node: {
    host: "localhost",
    webuiPort: 8081,
    rpcPort: 50_010,
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
    epoch: "18",
    own: true,
    leaseLeftMs: 6200,
  },
  connection: { kind: "connected", sessionId: "0x1" },
  workers: [{ workerId: "w", host: "localhost", pid: 7, millisecondsSinceHeartbeat: 12.5 }],
  command: { kind: "running", pid: 8 },
  state: { kind: "degraded", entries: 3, broken: [{ name: "a", problem: "gone" }], brokenCount: 1 },
};

const VERSION = {
  version: 18n,
  length: 3,
  sha256: "ff".repeat(32),
  epoch: 17n,
  writtenAt: "2026-01-02T03:04:05.678Z",
};
const ENTRY = { ...VERSION, name: "checkpoint" };
const BLOB = { name: "checkpoint.1.2.ff", length: 3 };
const LEADER = { address: "http://a:8081", rpcUrl: null, leaderSessionId: "x" };

const CALLS: StateCalls = {
  list: () => Promise.resolve({ entries: [ENTRY], broken: [{ name: "a", problem: "gone" }] }),
  describe: () => Promise.resolve(ENTRY),
  get: () => Promise.reject(new StateCallError("not-leading", "no", { leader: LEADER })),
  history: () => Promise.resolve([VERSION]),
  async *follow() {},
  put: () => Promise.resolve({ entry: ENTRY, isNew: true }),
  delete: () => Promise.reject(new StateCallError("version-mismatch", "no", { version: 18n })),
  collect: () => Promise.resolve({ removed: [BLOB], waiting: [], finishedDeletions: ["a"] }),
};

const CLUSTER: ClusterDocument = {
  clusterId: "/cluster_one",
  answeredBy: { host: "a", port: 8081 },
  now: "2026-01-02T03:04:05.678Z",
  leader: {
    address: "http://a:8081",
    host: "a",
    port: 8081,
    epoch: "18",
    leaderSessionId: "x",
    since: null,
  },
  masters: [{
    host: "a",
    port: 8081,
    role: "leader",
    place: 0,
    epoch: "18",
    isSelf: true,
    isRegistered: true,
    connection: "connected",
    pid: 42,
    version: "1.2.3",
    startedAt: null,
  }],
  lease: { leftMs: 6200, lengthMs: 7100 },
  workers: STATUS.workers,
  workersCount: 1,
  state: STATUS.state,
  command: STATUS.command,
  hasLeaderAnswered: true,
  history: [{
    epoch: "18",
    host: "a",
    port: 8081,
    publishedAt: "2026-01-02T03:04:05.678Z",
    endedAt: null,
    gapMs: 31.5,
    cause: "command failed",
  }],
  paused: { since: "2026-01-02T03:04:05.678Z", by: "ann@a", reason: null },
  verdict: { severity: "ok", sentence: "All is well.", advice: null },
  switchover: true,
};

const JOURNAL = {
  boot: "0a1b2c3d",
  events: [{ id: "0a1b2c3d.1", at: CLUSTER.now, kind: "role" as const, message: "leads", x: 1 }],
};

/** What every function of src/http that gives routes gives. */
const ROUTES: Readonly<Record<string, readonly Route[]>> = {
  statusRoutes: statusRoutes(() => STATUS),
  clusterRoutes: clusterRoutes({
    document: () => Promise.resolve(CLUSTER),
    events: {
      open: () => new Response("", { headers: { "content-type": "text/event-stream" } }),
      journal: { document: () => JOURNAL } as unknown as JournalFeed,
    },
  }),
  metricsRoutes: metricsRoutes(() => Promise.resolve({ contentType: "text/plain", text: "" })),
  openapiRoutes: openapiRoutes(),
  switchoverRoutes: switchoverRoutes({
    isAccepted: (token) => token === "right",
    switchOver: (to) =>
      Promise.resolve({ outcome: to === "a:1" ? "done" : "refused", message: "x" }),
  }),
  // What the page loads for itself is no interface.
  dashboardRoutes: dashboardRoutes(() => STATUS).filter(({ path }) => path === "/"),
  workerRoutes: workerRoutes({
    register: () => ({ kind: "registered", heartbeatIntervalMs: 1000 }),
    heartbeat: () => ({ kind: "unknown" }),
    unregister: () => ({ kind: "refused", message: "no", leaderSessionId: "x" }),
  }),
  stateRoutes: stateRoutes({ callsFor: () => CALLS, limits: { maxBytes: 100, idleMs: 1000 } }),
};

/** `/workers/:id` as OpenAPI writes it: `/workers/{id}`. */
function documented({ method, path }: Route): string {
  return `${method} ${path.replace(/[:*]([A-Za-z]+)/g, "{$1}")}`;
}

Deno.test("openapi.yaml has every route of the code, and no other", async () => {
  const exported = await routeFunctions(new URL("../../../src/http/", import.meta.url));
  assert.deepEqual(exported.sort(), Object.keys(ROUTES).sort(), "each belongs into ROUTES here");
  const routes = Object.values(ROUTES).flat().map(documented);
  assert.deepEqual([...operations().keys()].sort(), [...new Set(routes)].sort());
});

/** The names of the functions of a folder that give routes. */
async function routeFunctions(folder: URL): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const names = await Promise.all(entries.map(async ({ name, isDirectory }) => {
    if (isDirectory) return await routeFunctions(new URL(`${name}/`, folder));
    if (!name.endsWith(".ts")) return [];
    const text = await Deno.readTextFile(new URL(name, folder));
    return [...text.matchAll(/^export function (\w+Routes?)\(/gm)].map(([, found]) => found!);
  }));
  return names.flat();
}

Deno.test("openapi.yaml is whole: references lead somewhere, and each operation says what it is", () => {
  assert.equal(OPENAPI.openapi, "3.1.0");
  assert.equal((OPENAPI.info as Part).version, project.version);
  for (const reference of references()) resolved(reference);
  const ids = new Set<unknown>();
  for (const [name, { operationId, summary, responses }] of operations()) {
    assert.ok(operationId && summary && !ids.has(operationId), name);
    ids.add(operationId);
    for (const response of Object.values(responses as Part)) {
      assert.ok(resolved(response as Part).description, name);
    }
  }
});

Deno.test("openapi.yaml declares the open parts of each path", () => {
  for (const [path, item] of Object.entries(OPENAPI.paths)) {
    const parameters = (item.parameters as Part[] ?? []).map(resolved);
    const declared = parameters.filter((it) => it.in === "path").map((it) => it.name);
    const open = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(declared, open, path);
  }
});

/** Asks a route, and compares the answer with what the document says of its status. */
async function compare(
  line: string,
  expected: number,
  init: { body?: string; headers?: Record<string, string>; operation?: string } = {},
): Promise<void> {
  const [method, path] = line.split(" ") as [string, string];
  const { operation = `${method} ${path.split("?")[0]}`, ...rest } = init;
  const answer = answerBy(Object.values(ROUTES).flat());
  const response = await answer(new Request(`http://localhost${path}`, { method, ...rest }));
  assert.equal(response.status, expected, line);
  await checkAnswer(operation, response);
}

const STATE = "/rpc/v1/leaderships/current/state";
const DOCUMENTED_STATE = "/rpc/v1/leaderships/{leaderSessionId}/state";

Deno.test("openapi.yaml says what masters answer about themselves", async () => {
  await compare("GET /", 200);
  await compare("GET /api/v1/status", 200);
  await compare("GET /api/v1/cluster", 200);
  await compare("GET /api/v1/journal", 200);
  await compare("GET /api/v1/events", 200);
  await compare("GET /metrics", 200);
  await compare("GET /api/v1/openapi.yaml", 200);
  await compare("GET /leader", 200);
  await compare("GET /standby", 503);
  await compare("GET /live", 200);
  await compare("GET /ready", 200);
});

Deno.test("openapi.yaml says what who asks for a switchover is answered", async () => {
  const path = "POST /api/v1/switchover";
  const headers = { authorization: "Bearer right" };
  const sent = { ...headers, "content-length": "12" };
  await compare(path, 200, { headers: sent, body: '{"to":"a:1"}' });
  await compare(path, 409, { headers });
  await compare(path, 400, { headers: { ...headers, "content-length": "2" }, body: "[]" });
  await compare(path, 401, { headers: { authorization: "Bearer wrong" } });
});

Deno.test("openapi.yaml says what workers are answered", async () => {
  const worker = { workerId: "w", host: "a", pid: 1, leaderSessionId: "x" };
  await compare("POST /rpc/v1/workers", 200, { body: JSON.stringify(worker) });
  await compare("POST /rpc/v1/workers", 400, { body: "[]" });
  const operation = "/rpc/v1/workers/{id}";
  await compare("PUT /rpc/v1/workers/w/heartbeat", 404, {
    body: JSON.stringify({ leaderSessionId: "x" }),
    operation: `PUT ${operation}/heartbeat`,
  });
  await compare("DELETE /rpc/v1/workers/w?leaderSessionId=x", 409, {
    operation: `DELETE ${operation}`,
  });
});

Deno.test("openapi.yaml says what the state API answers", async () => {
  const of = (operation: string) => ({ operation: operation.replace(STATE, DOCUMENTED_STATE) });
  const entry = `${DOCUMENTED_STATE}/{name}`;
  await compare(`GET ${STATE}`, 200, of(`GET ${STATE}`));
  const body = JSON.stringify({ collect: { dryRun: true } });
  await compare(`POST ${STATE}`, 200, { ...of(`POST ${STATE}`), body });
  await compare(`GET ${STATE}/a`, 409, { operation: `GET ${entry}` });
  await compare(`GET ${STATE}/a?history=true`, 200, { operation: `GET ${entry}` });
  const known = { "if-none-match": '"18"' };
  await compare(`GET ${STATE}/a`, 304, { operation: `GET ${entry}`, headers: known });
  const headers = { "content-length": "1" };
  await compare(`PUT ${STATE}/a`, 201, { operation: `PUT ${entry}`, body: "x", headers });
  await compare(`DELETE ${STATE}/a`, 412, { operation: `DELETE ${entry}` });
});

Deno.test("differences() notices what a document does not say", () => {
  const schema = { $ref: "#/components/schemas/Role" };
  assert.deepEqual(differences({ role: "leader", leader: null }, schema), []);
  assert.deepEqual(differences({ role: "king", leader: null, x: 1 }, schema), [
    "it.role is king, not one of starting,standby,leader,stopping",
    "it.x is not documented",
  ]);
  assert.deepEqual(differences({ role: "leader" }, schema), ["it has no leader"]);
  const { leader: { own: _own, ...leader } } = { ...STATUS, leader: STATUS.leader! };
  assert.deepEqual(differences({ role: "leader", leader }, schema), ["it.leader has no own"]);
});
