import assert from "node:assert/strict";
import { CreateFlag } from "../../../../src/zookeeper/wire/constants.ts";
import { OPEN, World } from "./world.ts";

const ONE_MORE = { permissions: 31, id: { scheme: "digest", id: "user:hash" } };

/** What a create makes the tree heavier. */
function growth(path: string, options: Parameters<World["create"]>[1], world = new World()) {
  const before = world.database.treeWeight;
  world.create(path, options);
  return world.database.treeWeight - before;
}

const BARE = growth("/12345678", {});

Deno.test("a node weighs what it takes in memory, rather more", () => {
  assert.equal(BARE, 350 + 2 * 8);
  assert.equal(growth("/1234", {}), BARE - 8);
  assert.equal(growth("/12345678", { data: new Uint8Array(256) }), BARE + 256);
  assert.equal(growth("/12345678", { data: new Uint8Array(257) }), BARE + 257 + 200);
  assert.equal(growth("/12345678", { flags: CreateFlag.ephemeral }), BARE + 200);
});

Deno.test("a parent weighs more than a leaf, and an ACL once for all nodes that have it", () => {
  const world = new World();
  world.create("/parent");
  assert.equal(growth("/parent/12345678", {}, world), BARE + 200);
  assert.equal(growth("/parent/87654321", {}, world), BARE);
  const acl = [...OPEN, ONE_MORE];
  const characters = "world".length + "anyone".length + "digest".length + "user:hash".length;
  assert.equal(growth("/one45678", { acl }, world), BARE + 150 + 2 * 200 + 2 * characters);
  assert.equal(growth("/two45678", { acl }, world), BARE);
});

Deno.test("a tree from which all is deleted weighs what it did", () => {
  const world = new World();
  const before = world.database.treeWeight;
  world.create("/a", { acl: [ONE_MORE, ...OPEN] });
  world.create("/a/b", { data: new Uint8Array(1000) });
  world.setData("/a/b", "short");
  world.create("/a/e", { flags: CreateFlag.ephemeral });
  world.write("setACL", { path: "/a/b", acl: [ONE_MORE, ...OPEN], version: -1 });
  for (const path of ["/a/e", "/a/b", "/a"]) world.delete(path);
  assert.equal(world.database.treeWeight, before);
});
