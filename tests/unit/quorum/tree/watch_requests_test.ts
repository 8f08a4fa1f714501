import assert from "node:assert/strict";
import { ErrorCode, EventType } from "../../../../src/zookeeper/wire/constants.ts";
import { World } from "./world.ts";

const { created, deleted, dataChanged, childrenChanged } = EventType;

const EMPTY = { data: [], exist: [], child: [], persistent: [], persistentRecursive: [] };

Deno.test("setWatches tells what was missed and sets the other watches again, as ZooKeeper 3.8.0", () => {
  const world = new World();
  for (const path of ["/data", "/children", "/same"]) world.create(path);
  const relativeZxid = world.database.lastZxid;
  world.setData("/data", "new");
  world.create("/children/c");
  world.read("setWatches", {
    relativeZxid,
    data: ["/data", "/same", "/gone"],
    exist: ["/data", "/never"],
    child: ["/children", "/same", "/gone"],
  });
  assert.deepEqual(world.told(), [
    `${dataChanged} /data`,
    `${deleted} /gone`,
    `${created} /data`,
    `${childrenChanged} /children`,
    `${deleted} /gone`,
  ]);
  world.create("/never");
  world.setData("/same", "new");
  world.create("/same/c");
  assert.deepEqual(world.told(), [
    `${created} /never`,
    `${dataChanged} /same`,
    `${childrenChanged} /same`,
  ]);
});

Deno.test("setWatches tells of a node that was deleted and made again as of changed data", () => {
  const world = new World();
  world.create("/a");
  const relativeZxid = world.database.lastZxid;
  world.delete("/a");
  world.create("/a");
  world.read("setWatches", { ...EMPTY, relativeZxid, data: ["/a"] });
  assert.deepEqual(world.told(), [`${dataChanged} /a`]);
});

Deno.test("setWatches tells also who may not read the node, as ZooKeeper 3.8.0", () => {
  const world = new World();
  world.create("/a", { acl: [{ permissions: 31, id: { scheme: "digest", id: "user:hash" } }] });
  world.read("setWatches", { ...EMPTY, relativeZxid: 0n, data: ["/a"] });
  assert.deepEqual(world.told(), [`${dataChanged} /a`]);
});

Deno.test("setWatches2 sets persistent watches again and tells nothing of the time between", () => {
  const world = new World();
  world.create("/p");
  world.create("/r");
  world.read("setWatches2", {
    ...EMPTY,
    relativeZxid: 0n,
    persistent: ["/p"],
    persistentRecursive: ["/r"],
  });
  assert.deepEqual(world.told(), []);
  world.create("/p/c");
  world.create("/r/c");
  world.create("/r/c/d");
  assert.deepEqual(world.told(), [`${childrenChanged} /p`, `${created} /r/c`, `${created} /r/c/d`]);
});

Deno.test("addWatch needs neither a node nor a permission, but a mode, as ZooKeeper 3.8.0", () => {
  const world = new World();
  for (const [path, mode] of [["/no", 0], ["no", 0], ["/no/", 1], ["", 1]] as const) {
    assert.deepEqual(world.read("addWatch", { path, mode }), { error: 0, body: { error: 0 } });
  }
  for (const mode of [-1, 2]) {
    assert.equal(world.read("addWatch", { path: "/", mode }).error, ErrorCode.MarshallingError);
  }
});

Deno.test("checkWatches and removeWatches find no watch, and refuse unknown types, as ZooKeeper 3.8.0", () => {
  const world = new World();
  for (const name of ["checkWatches", "removeWatches"] as const) {
    for (const type of [1, 2, 3, 4, 5]) {
      assert.equal(world.read(name, { path: "/", type }).error, ErrorCode.NoWatcher);
    }
    for (const type of [0, 6]) {
      assert.equal(world.read(name, { path: "/", type }).error, ErrorCode.MarshallingError);
    }
  }
});

Deno.test("removeWatches removes watches of its type, and checkWatches tells which are left", () => {
  const world = new World();
  const left = () =>
    [1, 2, 3, 4, 5].filter((type) => world.read("checkWatches", { path: "/", type }).error === 0);
  const remove = (type: number) => world.read("removeWatches", { path: "/", type }).error;
  for (const name of ["getData", "getChildren"] as const) {
    world.read(name, { path: "/", watch: true });
  }
  assert.deepEqual(left(), [1, 2, 3]);
  assert.deepEqual([remove(1), left()], [0, [2, 3]]);
  world.read("addWatch", { path: "/", mode: 1 });
  assert.deepEqual([remove(5), left()], [0, [2, 3]]);
  world.read("addWatch", { path: "/", mode: 0 });
  assert.deepEqual([remove(4), left()], [0, [2, 3]]);
  assert.deepEqual([remove(3), left()], [0, []]);
  assert.equal(world.database.watchCounts().watchers, 0);
});

Deno.test("removeWatches by data and then by children ends a persistent watch, as in ZooKeeper 3.8.0", () => {
  const world = new World();
  world.read("addWatch", { path: "/", mode: 0 });
  assert.equal(world.read("removeWatches", { path: "/", type: 2 }).error, 0);
  assert.equal(world.read("removeWatches", { path: "/", type: 1 }).error, 0);
  assert.equal(world.read("checkWatches", { path: "/", type: 3 }).error, ErrorCode.NoWatcher);
});

Deno.test("a removed exist watch tells nothing", () => {
  const world = new World();
  world.read("exists", { path: "/a", watch: true });
  assert.equal(world.read("removeWatches", { path: "/a", type: 1 }).error, ErrorCode.NoWatcher);
  assert.equal(world.read("removeWatches", { path: "/a", type: 2 }).error, 0);
  world.create("/a");
  assert.deepEqual(world.told(), []);
});
