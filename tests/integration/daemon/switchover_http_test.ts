import assert from "node:assert/strict";
import type { ClusterDocument } from "../../../src/http/cluster_document.ts";
import { checkAnswer } from "../../unit/docs/openapi.ts";
import { StateCluster, TOKEN } from "./state_cluster.ts";

const PATH = "/api/v1/switchover";

/** Asks a master for a switchover; the answer is as it is documented. */
async function ask(port: number, init: { token?: string; body?: unknown }) {
  const { token, body } = init;
  const response = await fetch(`http://localhost:${port}${PATH}`, {
    method: "POST",
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  await checkAnswer(`POST ${PATH}`, response.clone());
  return { status: response.status, body: await response.json() };
}

async function clusterOf(port: number): Promise<ClusterDocument> {
  return await (await fetch(`http://localhost:${port}/api/v1/cluster`)).json();
}

Deno.test("Leadership is given to another master by HTTP, whichever master is asked, with the token alone", async () => {
  await using cluster = await StateCluster.create();
  const [first, second] = cluster.ports;
  cluster.master(first);
  await cluster.untilStatus(first, ({ role }) => role === "leader");
  cluster.master(second);
  await cluster.untilStatus(second, ({ role }) => role === "standby");
  assert.equal((await clusterOf(second)).switchover, true);

  assert.equal((await ask(first, {})).status, 401);
  assert.equal((await ask(second, { token: `${TOKEN}x` })).status, 401);
  const unknown = await ask(first, { token: TOKEN, body: { to: "localhost:9" } });
  assert.equal(unknown.status, 409);
  assert.match(unknown.body.message, /^localhost:9 is no standby/);
  assert.equal((await ask(first, { token: TOKEN, body: { to: "a:b:c" } })).status, 400);
  assert.equal((await cluster.status(first)).role, "leader");

  // The one that is asked is the one that stops leading.
  const done = await ask(first, { token: TOKEN, body: { to: `localhost:${second}` } });
  assert.deepEqual([done.status, done.body.outcome], [200, "done"]);
  assert.match(done.body.message, /^switched over from localhost:\d+ \(epoch \d+\) to localhost:/);
  await cluster.untilStatus(second, ({ role }) => role === "leader");
  await cluster.untilStatus(first, ({ role }) => role === "standby");
  // And the other way the one that takes over.
  assert.equal((await ask(first, { token: TOKEN })).status, 200);
  await cluster.untilStatus(first, ({ role }) => role === "leader");
});
