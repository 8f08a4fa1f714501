import assert from "node:assert/strict";
import { answerBy } from "../../../src/http/router.ts";
import {
  type HeartbeatAnswer,
  type RegistrationAnswer,
  workerRoutes,
} from "../../../src/http/worker_calls.ts";
import { request } from "./requests.ts";

const REGISTRATION = { workerId: "w-1", host: "::1", pid: 7, leaderSessionId: "s-1" };

interface Seen {
  calls: unknown[][];
  answer: (request: Request) => Promise<Response>;
}

function serve(
  registration: RegistrationAnswer = { kind: "registered", heartbeatIntervalMs: 500 },
  heartbeat: HeartbeatAnswer = { kind: "alive" },
): Seen {
  const calls: unknown[][] = [];
  const answer = answerBy(workerRoutes({
    register: (...words) => (calls.push(["register", ...words]), registration),
    heartbeat: (...words) => (calls.push(["heartbeat", ...words]), heartbeat),
    unregister: (...words) => (calls.push(["unregister", ...words]), heartbeat),
  }));
  return { calls, answer };
}

function post(body: unknown): Request {
  return request("POST", "/rpc/v1/workers", JSON.stringify(body));
}

Deno.test("workerRoutes() registers a worker and tells it the heartbeat interval", async () => {
  const { calls, answer } = serve();
  const response = await answer(post({ ...REGISTRATION, fromTheFuture: true }));
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { heartbeatIntervalMs: 500 });
  assert.deepEqual(calls, [["register", REGISTRATION]]);
});

Deno.test("workerRoutes() answers 409 with the current token to a stale one", async () => {
  const { answer } = serve({ kind: "refused", message: "stale", leaderSessionId: "s-2" });
  const response = await answer(post(REGISTRATION));
  assert.equal(response.status, 409);
  assert.deepEqual(await response.json(), { error: "stale", leaderSessionId: "s-2" });
});

Deno.test("workerRoutes() answers 503 when there is no room", async () => {
  const { answer } = serve({ kind: "full" });
  assert.equal((await answer(post(REGISTRATION))).status, 503);
});

Deno.test("workerRoutes() takes a heartbeat", async () => {
  const { calls, answer } = serve();
  const body = JSON.stringify({ leaderSessionId: "s-1" });
  const response = await answer(request("PUT", "/rpc/v1/workers/w-1/heartbeat", body));
  assert.equal(response.status, 204);
  assert.deepEqual(calls, [["heartbeat", "w-1", "s-1"]]);
});

Deno.test("workerRoutes() answers 404 to the heartbeat of an unknown worker", async () => {
  const { answer } = serve(undefined, { kind: "unknown" });
  const body = JSON.stringify({ leaderSessionId: "s-1" });
  assert.equal((await answer(request("PUT", "/rpc/v1/workers/w-1/heartbeat", body))).status, 404);
});

Deno.test("workerRoutes() lets a worker take its leave", async () => {
  const { calls, answer } = serve();
  const response = await answer(request("DELETE", "/rpc/v1/workers/w-1?leaderSessionId=s-1"));
  assert.equal(response.status, 204);
  assert.deepEqual(calls, [["unregister", "w-1", "s-1"]]);
});

Deno.test("workerRoutes() answers 400 to whatever is no registration, and asks nobody", async () => {
  const { calls, answer } = serve();
  const bad = [
    null,
    [],
    "text",
    7,
    {},
    { ...REGISTRATION, workerId: "" },
    { ...REGISTRATION, workerId: "a\nb" },
    { ...REGISTRATION, host: "x".repeat(256) },
    { ...REGISTRATION, host: { toString: 1 } },
    { ...REGISTRATION, pid: "7" },
    { ...REGISTRATION, pid: -1 },
    { ...REGISTRATION, pid: 1.5 },
    { ...REGISTRATION, leaderSessionId: undefined },
  ];
  for (const body of bad) {
    const response = await answer(post(body));
    assert.equal(response.status, 400, JSON.stringify(body));
  }
  const noToken = await answer(request("DELETE", "/rpc/v1/workers/w-1"));
  assert.equal(noToken.status, 400);
  assert.deepEqual(calls, []);
});
