import assert from "node:assert/strict";
import { CreateFlag, ErrorCode } from "../../../../src/zookeeper/wire/constants.ts";
import { bytes, createBody, OPEN, World } from "./world.ts";

const SUPER = [{ scheme: "super", id: "" }];
const { SystemError } = ErrorCode;
const long = (acl: typeof OPEN) =>
  acl.concat([{ permissions: 31, id: { scheme: "digest", id: "user:hash" } }]);

/** A world with `/a` and an ephemeral `/e`, that now has so many bytes of room. */
function filled(room = 0): World {
  const world = new World();
  world.create("/a", { data: bytes("some") });
  world.create("/e", { flags: CreateFlag.ephemeral, data: bytes("some") });
  world.database.maxTreeWeight = world.database.treeWeight + room;
  return world;
}

const setData = (path: string, text: string) => ({ path, data: bytes(text), version: -1 });

Deno.test("a tree that is full refuses what makes it grow", () => {
  const world = filled();
  const before = world.database.treeWeight;
  const data = { path: "/a", data: bytes("longer"), version: -1 };
  assert.equal(world.errorOf("create", createBody("/b")), SystemError);
  assert.equal(world.errorOf("create2", createBody("/b")), SystemError);
  assert.equal(world.errorOf("createContainer", createBody("/b", { flags: 4 })), SystemError);
  assert.equal(world.errorOf("setData", data), SystemError);
  assert.equal(
    world.errorOf("setACL", { path: "/a", acl: long(OPEN), version: -1 }),
    SystemError,
  );
  assert.equal(world.database.treeWeight, before);
  assert.equal(world.stat("/a")?.version, 0);
});

Deno.test("a tree that is full does everything else, and tells other errors first", () => {
  const world = filled();
  assert.equal(world.errorOf("create", createBody("/a")), ErrorCode.NodeExists);
  assert.equal(world.errorOf("create", createBody("/none/b")), ErrorCode.NoNode);
  assert.equal(
    world.errorOf("setData", { ...setData("/a", "longer"), version: 7 }),
    ErrorCode.BadVersion,
  );
  assert.equal(world.errorOf("setData", setData("/a", "same")), 0);
  assert.equal(world.errorOf("setData", setData("/a", "less")), 0);
  assert.equal(world.errorOf("setACL", { path: "/a", acl: OPEN, version: -1 }), 0);
  assert.equal(world.errorOf("createSession", { timeoutMs: 1000, password: null }), 0);
  world.delete("/a");
  assert.equal(world.errorOf("create", createBody("/b")), 0);
});

Deno.test("a tree that is full still takes ephemeral nodes, to a limit of their own", () => {
  const world = filled();
  const create = createBody("/lock-", { flags: CreateFlag.ephemeralSequential });
  const limit = world.database.maxTreeWeight * 1.1;
  assert.equal(world.errorOf("setData", setData("/e", "longer")), 0);
  let count = 0;
  while (world.database.treeWeight < limit) {
    assert.equal(world.errorOf("create", create), 0);
    count++;
  }
  assert.ok(count > 0);
  assert.equal(world.errorOf("create", create), SystemError);
  assert.equal(world.errorOf("setData", setData("/e", "longer still")), SystemError);
  assert.equal(world.errorOf("create", createBody("/b")), SystemError);
  world.write("closeSession", undefined);
  assert.ok(world.database.treeWeight < world.database.maxTreeWeight);
  assert.equal(world.errorOf("create", createBody("/b")), 0);
});

Deno.test("a tree that is full takes an ACL that others have, and a shorter one of a node's own", () => {
  const world = new World();
  const entry = (id: string) => ({ permissions: 31, id: { scheme: "digest", id } });
  const own = [entry("user:of-its-own"), entry("other:of-its-own")];
  world.create("/shared");
  world.create("/own", { acl: own });
  world.database.maxTreeWeight = world.database.treeWeight;
  const setAcl = (path: string, acl: typeof OPEN) =>
    world.errorOf("setACL", { path, acl, version: -1 }, { sessionId: 1n, identities: SUPER });
  assert.equal(setAcl("/own", [entry("user:short")]), 0);
  assert.equal(setAcl("/shared", [entry("user:short")]), 0);
  world.database.maxTreeWeight = world.database.treeWeight;
  assert.equal(setAcl("/shared", [entry("u:s")]), SystemError);
  assert.equal(setAcl("/own", OPEN), 0);
});

Deno.test("a transaction that the tree has no room for does nothing", () => {
  const world = filled(1);
  const before = world.database.treeWeight;
  const parts = ["/b", "/c"].map((path) => ({ operation: "create", body: createBody(path) }));
  const { reply } = world.write("multi", parts);
  assert.deepEqual(reply.body, [
    { kind: "error", error: 0 },
    { kind: "error", error: SystemError },
  ]);
  assert.equal(world.database.treeWeight, before);
  assert.equal(world.stat("/b"), undefined);
});

Deno.test("a transaction may make the room that it needs", () => {
  const world = filled();
  const { reply } = world.write("multi", [
    { operation: "delete", body: { path: "/a", version: -1 } },
    { operation: "create", body: createBody("/b") },
  ]);
  assert.equal((reply.body as { kind: string }[])[1]?.kind, "created");
});

Deno.test("a restart takes back all that there was, with room or without", () => {
  const world = filled();
  const again = new World();
  again.database.maxTreeWeight = 0;
  for (const transaction of world.transactions) again.database.replay(transaction);
  assert.equal(again.database.treeWeight, world.database.treeWeight);
});
