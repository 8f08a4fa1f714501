import assert from "node:assert/strict";
import { EventType, WatcherType } from "../../../../src/zookeeper/wire/constants.ts";
import { Client, OPEN, World } from "./world.ts";

const { created, deleted, dataChanged, childrenChanged } = EventType;

function watch(world: World, name: "getData" | "exists" | "getChildren", path: string): void {
  world.read(name, { path, watch: true });
}

Deno.test("a data watch tells of the next change, once", () => {
  const world = new World();
  world.create("/a");
  watch(world, "getData", "/a");
  watch(world, "getData", "/a");
  world.setData("/a", "1");
  world.setData("/a", "2");
  assert.deepEqual(world.told(), [`${dataChanged} /a`]);
});

Deno.test("a read that fails sets no watch, but exists does", () => {
  const world = new World();
  for (const name of ["getData", "getChildren"] as const) watch(world, name, "/a");
  assert.equal(world.database.watchCounts().watches, 0);
  watch(world, "exists", "/a");
  world.create("/a");
  assert.deepEqual(world.told(), [`${created} /a`]);
});

Deno.test("a child watch tells of a child that comes or goes, and not of its data", () => {
  const world = new World();
  watch(world, "getChildren", "/");
  world.create("/a");
  assert.deepEqual(world.told(), [`${childrenChanged} /`]);
  watch(world, "getChildren", "/");
  world.setData("/a", "1");
  assert.deepEqual(world.told(), []);
  world.delete("/a");
  assert.deepEqual(world.told(), [`${childrenChanged} /`]);
});

Deno.test("who watches data and children of a deleted node is told once, as by ZooKeeper 3.8.0", () => {
  const world = new World();
  world.create("/a");
  for (const name of ["getData", "getChildren", "exists"] as const) watch(world, name, "/a");
  world.delete("/a");
  assert.deepEqual(world.told(), [`${deleted} /a`]);
  assert.deepEqual(world.database.watchCounts(), { watchers: 0, paths: 0, watches: 0 });
});

Deno.test("a new ACL tells nobody, as in ZooKeeper 3.8.0", () => {
  const world = new World();
  world.create("/a");
  for (const name of ["getData", "getChildren"] as const) watch(world, name, "/a");
  world.write("setACL", { path: "/a", acl: OPEN, version: -1 });
  assert.deepEqual(world.told(), []);
});

Deno.test("a persistent watch stays and tells of data and children, as in ZooKeeper 3.8.0", () => {
  const world = new World();
  world.read("addWatch", { path: "/a", mode: 0 });
  world.create("/a");
  world.create("/a/b");
  world.setData("/a/b", "1");
  world.setData("/a", "1");
  world.delete("/a/b");
  world.delete("/a");
  assert.deepEqual(world.told(), [
    `${created} /a`,
    `${childrenChanged} /a`,
    `${dataChanged} /a`,
    `${childrenChanged} /a`,
    `${deleted} /a`,
  ]);
});

Deno.test("a recursive watch tells of all below but of no list of children, as in ZooKeeper 3.8.0", () => {
  const world = new World();
  world.read("addWatch", { path: "/", mode: 1 });
  world.read("addWatch", { path: "/a", mode: 1 });
  world.create("/a");
  world.create("/a/b");
  world.setData("/a/b", "1");
  world.create("/ab");
  world.delete("/a/b");
  assert.deepEqual(world.told(), [
    `${created} /a`,
    `${created} /a/b`,
    `${dataChanged} /a/b`,
    `${created} /ab`,
    `${deleted} /a/b`,
  ]);
});

Deno.test("a recursive watch of a node does not tell of its neighbours", () => {
  const world = new World();
  world.create("/a");
  world.read("addWatch", { path: "/a", mode: 1 });
  world.create("/ab");
  assert.deepEqual(world.told(), []);
});

Deno.test("a one-shot watch and a persistent one of the same path are one event and the other stays, as in ZooKeeper 3.9", () => {
  const world = new World();
  world.create("/a");
  world.read("addWatch", { path: "/a", mode: 0 });
  watch(world, "getData", "/a");
  world.setData("/a", "1");
  world.setData("/a", "2");
  assert.deepEqual(world.told(), [`${dataChanged} /a`, `${dataChanged} /a`]);
});

Deno.test("who may not read a node is not told of it, but its watch is used up, as in ZooKeeper since CVE-2024-23944", () => {
  const world = new World();
  const owner = new Client(9n, [{ scheme: "digest", id: "user:hash" }]);
  const acl = [{ permissions: 31, id: { scheme: "auth", id: "" } }];
  for (const path of ["/a", "/b"]) watch(world, "exists", path);
  world.create("/a", { client: owner, acl });
  world.create("/b");
  assert.deepEqual(world.told(), [`${created} /b`]);
  assert.equal(world.database.watchCounts().watches, 0);
  watch(world, "exists", "/a");
  world.client.author.identities = owner.author.identities;
  world.delete("/a");
  assert.deepEqual(world.told(), [`${deleted} /a`]);
});

Deno.test("a child watch needs the permission of the parent at the time of the event", () => {
  const world = new World();
  world.create("/a");
  watch(world, "getChildren", "/a");
  world.write("setACL", { path: "/a", acl: [{ ...OPEN[0]!, permissions: 30 }], version: -1 });
  world.create("/a/b");
  assert.deepEqual(world.told(), []);
});

Deno.test("all watchers of a path are told, each by its own watch", () => {
  const world = new World();
  world.create("/a");
  watch(world, "getData", "/a");
  world.read("getChildren", { path: "/a", watch: true }, world.other);
  world.setData("/a", "1");
  world.create("/a/b");
  assert.deepEqual([world.told(), world.told(world.other)], [
    [`${dataChanged} /a`],
    [`${childrenChanged} /a`],
  ]);
});

Deno.test("an event carries the transaction that it tells of", () => {
  const world = new World();
  watch(world, "exists", "/a");
  world.create("/x");
  const { transaction, events } = world.write("create", {
    path: "/a",
    data: null,
    acl: OPEN,
    flags: 0,
  });
  assert.deepEqual(events.map(({ zxid }) => zxid), [transaction.zxid]);
});

Deno.test("removeWatcher() forgets all that a connection watched, and nothing else", () => {
  const world = new World();
  world.create("/a");
  world.read("addWatch", { path: "/", mode: 1 });
  for (const client of [world.client, world.other]) {
    world.read("getData", { path: "/a", watch: true }, client);
  }
  world.database.removeWatcher(world.client);
  world.database.removeWatcher(world.client);
  assert.deepEqual(world.database.watchCounts(), { watchers: 1, paths: 1, watches: 1 });
  world.setData("/a", "1");
  assert.deepEqual([world.told(), world.told(world.other)], [[], [`${dataChanged} /a`]]);
});

Deno.test("watchCounts() counts watches of data and of children", () => {
  const world = new World();
  world.create("/a");
  for (const name of ["getData", "exists", "getChildren"] as const) watch(world, name, "/a");
  world.read("addWatch", { path: "/p", mode: 0 });
  world.read("addWatch", { path: "/r", mode: 1 }, world.other);
  assert.deepEqual(world.database.watchCounts(), { watchers: 2, paths: 3, watches: 5 });
  const byWatcher = [...world.database.watchesByWatcher()].map(([watcher, paths]) =>
    [watcher, [...paths]] as const
  );
  assert.deepEqual(byWatcher, [[world.client, ["/a", "/p"]], [world.other, ["/r"]]]);
});

Deno.test("twenty thousand watchers of one node and as many watches of one watcher come and go", () => {
  const world = new World();
  world.create("/a");
  const clients = Array.from({ length: 20_000 }, (_, index) => new Client(BigInt(index)));
  for (const client of clients) world.read("getData", { path: "/a", watch: true }, client);
  for (let index = 0; index < 20_000; index++) watch(world, "exists", `/x-${index}`);
  assert.equal(world.database.watchCounts().watches, 40_000);
  world.setData("/a", "1");
  assert.ok(clients.every(({ events }) => events.length === 1));
  world.read("removeWatches", { path: "/x-7", type: WatcherType.any });
  world.database.removeWatcher(world.client);
  assert.deepEqual(world.database.watchCounts(), { watchers: 0, paths: 0, watches: 0 });
});
