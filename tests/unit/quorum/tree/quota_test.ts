import assert from "node:assert/strict";
import { bytes, World } from "./world.ts";

const STATISTICS = "/zookeeper/quota/app/zookeeper_stats";

function setUp(): World {
  const world = new World();
  world.create("/app", { data: bytes("12345") });
  world.create("/app/x", { data: bytes("1") });
  world.create("/zookeeper/quota/app");
  world.create("/zookeeper/quota/app/zookeeper_limits", { data: bytes("count=3,bytes=10") });
  world.create(STATISTICS, { data: bytes("count=0,bytes=0") });
  return world;
}

function read(world: World, path = STATISTICS): { text: string; length: number } {
  const { body } = world.read("getData", { path, watch: true });
  const { data, stat } = body as { data: Uint8Array; stat: { dataLength: number } };
  return { text: new TextDecoder().decode(data), length: stat.dataLength };
}

Deno.test("a quota's statistics count nodes and bytes as ZooKeeper 3.8.0 was seen to count", () => {
  const world = setUp();
  assert.deepEqual(read(world), { text: "count=2,bytes=6", length: 15 });
  world.create("/app/y", { data: bytes("22") });
  world.create("/app/z", { data: bytes("333") });
  world.create("/app/zz", { data: bytes("333") });
  world.create("/application", { data: bytes("333") });
  assert.deepEqual(read(world), { text: "count=5,bytes=14", length: 16 });
  world.delete("/app/x");
  assert.deepEqual(read(world), { text: "count=4,bytes=13", length: 16 });
  world.setData("/app/y", "123456789012345");
  assert.deepEqual(read(world), { text: "count=4,bytes=26", length: 16 });
});

Deno.test("a quota's statistics change no stat and tell no watcher, as in ZooKeeper 3.8.0", () => {
  const world = setUp();
  const before = world.stat(STATISTICS);
  read(world);
  world.create("/app/y");
  assert.deepEqual(world.told(), []);
  assert.deepEqual(world.stat(STATISTICS), before);
});

Deno.test("a quota's limits are not enforced, as in ZooKeeper 3.8.0 by default", () => {
  const world = setUp();
  for (const name of ["a", "b", "c"]) world.create(`/app/${name}`, { data: bytes("long data") });
});

Deno.test("a node of that name elsewhere, and that of nothing, is a node as all others", () => {
  const world = new World();
  const paths = ["/zookeeper_stats", "/zookeeper/quota/zookeeper_stats"];
  world.create("/zookeeper/quota/gone");
  for (const path of [...paths, "/zookeeper/quota/gone/zookeeper_stats"]) {
    world.create(path, { data: bytes("hello") });
    assert.deepEqual(read(world, path), { text: "hello", length: 5 });
  }
});
