import assert from "node:assert/strict";
import { untilAnswered } from "../../../src/zookeeper/mod.ts";
import { ZooKeeperEnsemble } from "../../support/zookeeper_ensemble.ts";
import { reached, traceStates } from "../../unit/zookeeper/session_trace.ts";
import { bound, bytes, open } from "./clients.ts";

Deno.test("a session survives the death of the leader, and requests go on", async () => {
  await using ensemble = await ZooKeeperEnsemble.start();
  const leader = await ensemble.leader();
  // The session is opened at the leader, and taken over by a client that knows all servers.
  const first = await open(leader.address, { sessionTimeoutMs: 10_000 });
  await first.create("/e", bytes("0"), { mode: "ephemeral" });
  const { id } = first.credentials;
  await using zk = await open(ensemble.address, {
    sessionTimeoutMs: 10_000,
    credentials: first.credentials,
  });
  const changed = Promise.withResolvers<unknown>();
  await zk.getData("/e", { watch: changed.resolve });
  const states = traceStates(zk);
  await leader.kill();
  const signal = bound();
  const stat = await untilAnswered(() => zk.setData("/e", bytes("1"), { signal }), { signal });
  assert.equal(stat.ephemeralOwner, id);
  assert.equal(zk.credentials.id, id);
  await changed.promise;
  await untilAnswered(() => zk.sync("/e", { signal }), { signal });
  await reached(zk, "connected");
  assert.ok(!states.includes("expired"));
});
