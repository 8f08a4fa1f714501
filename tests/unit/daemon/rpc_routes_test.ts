import assert from "node:assert/strict";
import { rpcRoutes } from "../../../src/daemon/rpc_routes.ts";
import { TokenDigest } from "../../../src/daemon/token_digest.ts";
import { answerBy } from "../../../src/http/router.ts";
import type { WorkerCalls } from "../../../src/http/worker_calls.ts";
import { testConfiguration } from "./fakes.ts";

const STATE = "/rpc/v1/leaderships/current/state";
const WORKERS: WorkerCalls = {
  register: () => ({ kind: "full" }),
  heartbeat: () => ({ kind: "unknown" }),
  unregister: () => ({ kind: "alive" }),
};

function ask(
  options: { mode?: "none" | "zookeeper"; clusterToken?: string; token?: string },
  method: string,
  path: string,
): Promise<Response> {
  const { mode = "zookeeper", clusterToken, token } = options;
  const answer = answerBy(rpcRoutes({
    configuration: testConfiguration({ mode: { kind: mode } }),
    workers: WORKERS,
    state: () => undefined,
    clusterToken: clusterToken === undefined ? undefined : new TokenDigest(clusterToken),
  }));
  const headers: HeadersInit = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return answer(new Request(`http://node.example${path}`, { method, headers }));
}

Deno.test("rpcRoutes() asks workers for the token of the cluster, where there is one", async () => {
  const path = "/rpc/v1/workers/w?leaderSessionId=s";
  assert.equal((await ask({}, "DELETE", path)).status, 204);
  assert.equal((await ask({ clusterToken: "c" }, "DELETE", path)).status, 401);
  assert.equal((await ask({ clusterToken: "c", token: "d" }, "DELETE", path)).status, 401);
  assert.equal((await ask({ clusterToken: "c", token: "c" }, "DELETE", path)).status, 204);
});

Deno.test("rpcRoutes() says that no state is kept without ZooKeeper", async () => {
  for (const [method, path] of [["GET", STATE], ["PUT", `${STATE}/a`]] as const) {
    const response = await ask({ mode: "none" }, method, path);
    assert.equal(response.status, 404);
    assert.match((await response.json()).error, /high-availability: zookeeper/);
  }
});

Deno.test("rpcRoutes() says that a master is not ready for the state yet", async () => {
  const response = await ask({}, "GET", STATE);
  assert.deepEqual([response.status, (await response.json()).kind], [503, "unavailable"]);
});
