import assert from "node:assert/strict";
import { ErrorCode } from "../../../../src/zookeeper/wire/constants.ts";
import { createBody, World } from "./world.ts";

const SERVER = { sessionId: 0n, identities: [] };

function setUp(): World {
  const world = new World();
  world.database.areTtlNodesAllowed = true;
  world.write("createContainer", createBody("/k", { flags: 4 }));
  world.write("createTTL", createBody("/t", { flags: 5, ttlMs: 500n }));
  return world;
}

const expired = (world: World, nowMs: bigint) => [...world.database.expiredNodes(nowMs)];

Deno.test("expiredNodes() names a container that has lost its last child, and no new one", () => {
  const world = setUp();
  assert.deepEqual(expired(world, 1000n), []);
  world.create("/k/c");
  assert.deepEqual(expired(world, 1000n), []);
  world.delete("/k/c");
  assert.deepEqual(expired(world, 1000n), ["/k"]);
});

Deno.test("expiredNodes() names a node that was not changed for its time to live and has no child", () => {
  const world = setUp();
  assert.deepEqual(expired(world, 1500n), []);
  assert.deepEqual(expired(world, 1501n), ["/t"]);
  world.nowMs = 1400n;
  world.setData("/t", "again");
  assert.deepEqual(expired(world, 1501n), []);
  assert.deepEqual(expired(world, 1901n), ["/t"]);
  world.create("/t/c");
  assert.deepEqual(expired(world, 9000n), []);
});

Deno.test("deleteContainer of the server deletes what nobody needs, and tells those who watch", () => {
  const world = setUp();
  world.read("exists", { path: "/t", watch: true });
  world.nowMs = 2000n;
  const { transaction } = world.write("deleteContainer", { path: "/t" }, SERVER);
  assert.deepEqual(transaction.change, { kind: "delete", path: "/t" });
  assert.deepEqual(world.told(), ["2 /t"]);
  assert.equal(world.stat("/t"), undefined);
});

Deno.test("deleteContainer spares what has come into use, and all other nodes", () => {
  const world = setUp();
  world.create("/plain");
  world.create("/k/c");
  for (const path of ["/k", "/t", "/plain"]) {
    assert.equal(world.errorOf("deleteContainer", { path }, SERVER), ErrorCode.BadVersion, path);
  }
  assert.equal(world.errorOf("deleteContainer", { path: "/no" }, SERVER), ErrorCode.NoNode);
});

Deno.test("deleteContainer of a client is refused, as by ZooKeeper 3.8.0", () => {
  const world = setUp();
  world.nowMs = 9000n;
  assert.equal(world.errorOf("deleteContainer", { path: "/t" }), ErrorCode.BadArguments);
});
