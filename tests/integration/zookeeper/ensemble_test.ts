import assert from "node:assert/strict";
import { untilAnswered, type ZooKeeper } from "../../../src/zookeeper/mod.ts";
import { ZooKeeperEnsemble } from "../../support/zookeeper_ensemble.ts";
import type { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { apacheTest } from "../../support/zookeeper_kind.ts";
import { reached, traceStates } from "../../unit/zookeeper/session_trace.ts";
import { bound, bytes, open } from "./clients.ts";

apacheTest("a session survives the death of the leader, and requests go on", async () => {
  await using ensemble = await ZooKeeperEnsemble.start();
  const leader = await ensemble.leader();
  await using zk = await openAt(leader, ensemble);
  await zk.create("/e", bytes("0"), { mode: "ephemeral" });
  const { id } = zk.credentials;
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

/** A client that knows all servers and happens to be connected to this one. */
async function openAt(server: ZooKeeperServer, ensemble: ZooKeeperEnsemble): Promise<ZooKeeper> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const zk = await open(ensemble.address, { sessionTimeoutMs: 10_000 });
    if (zk.state.kind === "connected" && zk.state.server === server.address) return zk;
    await zk.close();
  }
  throw new Error(`Fifty sessions passed ${server.address} by`);
}
