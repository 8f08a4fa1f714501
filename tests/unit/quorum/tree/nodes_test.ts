import assert from "node:assert/strict";
import { CreateFlag, ErrorCode, type OpCode } from "../../../../src/zookeeper/wire/constants.ts";
import type { Acl } from "../../../../src/zookeeper/wire/records.ts";
import { bytes, Client, createBody, OPEN, World } from "./world.ts";

const NOTHING: readonly Acl[] = [{ permissions: 0, id: { scheme: "world", id: "anyone" } }];

function world(): World {
  const made = new World();
  made.database.areTtlNodesAllowed = true;
  return made;
}

function assertErrors(
  world: World,
  cases: readonly [keyof typeof OpCode, object, keyof typeof ErrorCode][],
): void {
  for (const [name, body, error] of cases) {
    assert.equal(
      world.errorOf(name, body),
      ErrorCode[error],
      `${name} ${JSON.stringify(body, text)}`,
    );
  }
}

const text = (_key: string, value: unknown) => typeof value === "bigint" ? `${value}` : value;

Deno.test("a new database has the nodes of a new ZooKeeper 3.8.0, with their stats and counts", () => {
  const { database, ...rest } = new World();
  const world = Object.assign(new World(database), rest);
  const zeros = {
    czxid: 0n,
    mzxid: 0n,
    ctime: 0n,
    mtime: 0n,
    version: 0,
    ephemeralOwner: 0n,
    dataLength: 0,
    pzxid: 0n,
  };
  const expected = {
    "/": { ...zeros, cversion: -1, aversion: 0, numChildren: 1 },
    "/zookeeper": { ...zeros, cversion: -2, aversion: 0, numChildren: 2 },
    "/zookeeper/quota": { ...zeros, cversion: 0, aversion: 0, numChildren: 0 },
    "/zookeeper/config": { ...zeros, cversion: 0, aversion: -1, numChildren: 0 },
  };
  for (const [path, stat] of Object.entries(expected)) assert.deepEqual(world.stat(path), stat);
  assert.deepEqual(
    [database.nodeCount, database.ephemeralCount, database.approximateDataSize],
    [5, 0, 44],
  );
  assert.equal(database.lastZxid, 0n);
});

Deno.test("write() of a create makes a node whose stat holds the transaction and the time", () => {
  const world = new World();
  world.nowMs = 5000n;
  world.create("/a", { data: bytes("abc") });
  assert.deepEqual(world.stat("/a"), {
    czxid: 1n,
    mzxid: 1n,
    ctime: 5000n,
    mtime: 5000n,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: 0n,
    dataLength: 3,
    numChildren: 0,
    pzxid: 1n,
  });
});

Deno.test("cversion counts creations twice less the children; deleting gives no number back, as ZooKeeper 3.8.0 was seen to count", () => {
  const world = new World();
  world.create("/a");
  const paths = [1, 2, 3].map(() =>
    world.create("/a/n-", { flags: CreateFlag.persistentSequential })
  );
  assert.deepEqual(paths, ["/a/n-0000000000", "/a/n-0000000001", "/a/n-0000000002"]);
  assert.equal(world.stat("/a")!.cversion, 3);
  world.delete(paths[2]!);
  const { cversion, numChildren, pzxid, mzxid } = world.stat("/a")!;
  assert.deepEqual([cversion, numChildren, pzxid, mzxid], [4, 2, 5n, 1n]);
  world.create("/a/x");
  assert.equal(world.create("/a/n-", { flags: 3 }), "/a/n-0000000004");
});

Deno.test("a sequence begins anew with its parent", () => {
  const world = new World();
  world.create("/a");
  world.create("/a/n", { flags: 2 });
  world.delete("/a/n0000000000");
  world.delete("/a");
  world.create("/a");
  assert.equal(world.create("/a/n", { flags: 2 }), "/a/n0000000000");
});

Deno.test("write() of a create is refused as by ZooKeeper 3.8.0, the first mistake first", () => {
  const world = new World();
  world.create("/e", { flags: CreateFlag.ephemeral });
  world.create("/closed", { acl: NOTHING });
  assertErrors(world, [
    ["create", createBody("/e", { flags: 7 }), "BadArguments"],
    ["create", createBody("/missing/x", { flags: -1, acl: [] }), "BadArguments"],
    ["create", createBody("/x", { flags: CreateFlag.persistentWithTtl }), "Unimplemented"],
    ["create", createBody("x"), "BadArguments"],
    ["create", createBody(""), "BadArguments"],
    ["create", createBody("/a\0"), "BadArguments"],
    ["create", createBody("/missing/x", { acl: [] }), "InvalidACL"],
    ["create", createBody("/closed/x", { acl: [] }), "InvalidACL"],
    ["create", createBody("/missing/x"), "NoNode"],
    ["create", createBody("/foo/"), "NoNode"],
    ["create", createBody("/./a"), "NoNode"],
    ["create", createBody("/closed/\u0001"), "NoAuth"],
    ["create", createBody("/zookeeper/config/x"), "NoAuth"],
    ["create", createBody("//a"), "BadArguments"],
    ["create", createBody("/a\u0001"), "BadArguments"],
    ["create", createBody("/.."), "BadArguments"],
    ["create", createBody("/"), "NodeExists"],
    ["create", createBody("/zookeeper"), "NodeExists"],
    ["create", createBody("/e/c"), "NoChildrenForEphemerals"],
  ]);
});

Deno.test("write() of a create takes a number for a name, and children of /zookeeper, as ZooKeeper 3.8.0", () => {
  const world = new World();
  assert.equal(world.create("/", { flags: 2 }), "/0000000000");
  world.create("/a");
  assert.equal(world.create("/a/", { flags: 2 }), "/a/0000000000");
  world.create("/zookeeper/x");
  world.create("/zookeeper/quota/x");
});

Deno.test("createContainer makes a container whatever its flags; create with that flag makes none, as ZooKeeper 3.8.0", () => {
  const world = new World();
  for (const flags of [0, 1, 4]) {
    assert.equal(world.errorOf("createContainer", createBody(`/k${flags}`, { flags })), 0);
  }
  world.create("/plain", { flags: CreateFlag.container });
  for (const path of ["/k0", "/k1", "/k4", "/plain"]) {
    world.create(`${path}/c`);
    world.delete(`${path}/c`);
    assert.equal(world.stat(path)!.ephemeralOwner, 0n);
  }
  assert.deepEqual([...world.database.expiredNodes(0n)], ["/k0", "/k1", "/k4"]);
});

Deno.test("createTTL is refused without extended types and with a time that is none, as ZooKeeper 3.8.0", () => {
  const ttl = (flags: number, ttlMs: bigint) => createBody("/t", { flags, ttlMs });
  assertErrors(new World(), [
    ["createTTL", ttl(5, 1000n), "Unimplemented"],
    ["createTTL", ttl(6, 0n), "Unimplemented"],
    ["createTTL", ttl(0, 1000n), "BadArguments"],
  ]);
  assertErrors(world(), [
    ["createTTL", ttl(5, 0n), "BadArguments"],
    ["createTTL", ttl(5, 2n ** 40n), "BadArguments"],
    ["createTTL", ttl(0, 1000n), "BadArguments"],
    ["create", ttl(5, 1000n), "BadArguments"],
    ["createContainer", ttl(5, 1000n), "BadArguments"],
  ]);
});

Deno.test("a node with a time to live shows no owner and may have children", () => {
  const made = world();
  const { reply } = made.write("createTTL", createBody("/t-", { flags: 6, ttlMs: 1000n }));
  assert.equal((reply.body as { path: string }).path, "/t-0000000000");
  assert.equal(made.stat("/t-0000000000")!.ephemeralOwner, 0n);
  made.create("/t-0000000000/c");
});

Deno.test("write() of a delete is refused as by ZooKeeper 3.8.0", () => {
  const world = new World();
  world.create("/a");
  world.create("/a/b");
  world.create("/closed", { acl: NOTHING });
  const target = (path: string, version = -1) => ({ path, version });
  assertErrors(world, [
    ...["/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config", "", "foo", "/a\0"].map((path) =>
      ["delete", target(path), "BadArguments"] as const
    ).map((each) => [...each] as [keyof typeof OpCode, object, keyof typeof ErrorCode]),
    ["delete", target("/nope"), "NoNode"],
    ["delete", target("/a/"), "NoNode"],
    ["delete", target("/closed/x"), "NoAuth"],
    ["delete", target("/a", 8), "BadVersion"],
    ["delete", target("/a"), "NotEmpty"],
  ]);
  assert.equal(world.errorOf("delete", target("/closed")), 0);
});

Deno.test("write() of new data counts the version and leaves the rest", () => {
  const world = new World();
  world.create("/a", { data: bytes("abc") });
  world.nowMs = 9000n;
  const { reply } = world.write("setData", { path: "/a", data: bytes("longer"), version: 0 });
  const { stat } = reply.body as { stat: object };
  assert.deepEqual(stat, {
    ...world.stat("/a"),
    czxid: 1n,
    mzxid: 2n,
    ctime: 1000n,
    mtime: 9000n,
    version: 1,
    dataLength: 6,
    pzxid: 1n,
  });
  assertErrors(world, [
    ["setData", { path: "/a", data: null, version: 0 }, "BadVersion"],
    ["setData", { path: "/nope", data: null, version: 0 }, "NoNode"],
    ["setData", { path: "/nope/", data: null, version: 0 }, "BadArguments"],
    ["setData", { path: "/zookeeper/config", data: null, version: 8 }, "NoAuth"],
  ]);
});

Deno.test("data that is null and data that is empty are two things", () => {
  const world = new World();
  world.create("/null");
  world.create("/empty", { data: new Uint8Array(0) });
  const data = (path: string) =>
    (world.read("getData", { path, watch: false }).body as { data: unknown }).data;
  assert.equal(data("/null"), null);
  assert.deepEqual(data("/empty"), new Uint8Array(0));
});

Deno.test("write() of an ACL counts its own version only, and needs the permission for that", () => {
  const world = new World();
  world.create("/a");
  const body = { path: "/a", acl: [{ ...OPEN[0]!, permissions: 15 }], version: 0 };
  const { reply } = world.write("setACL", body);
  assert.deepEqual((reply.body as { stat: object }).stat, {
    ...world.stat("/a"),
    aversion: 1,
    mzxid: 1n,
  });
  assertErrors(world, [
    ["setACL", { ...body, path: "/a/" }, "BadArguments"],
    ["setACL", { ...body, path: "/nope", acl: [] }, "InvalidACL"],
    ["setACL", { ...body, path: "/nope" }, "NoNode"],
    ["setACL", body, "NoAuth"],
  ]);
  world.create("/b");
  assertErrors(world, [["setACL", { ...body, path: "/b", version: 3 }, "BadVersion"]]);
});

Deno.test("a write that is refused uses up a zxid and is a transaction that does nothing", () => {
  const world = new World();
  const { transaction } = world.write("delete", { path: "/nope", version: -1 });
  assert.deepEqual(transaction, {
    zxid: 1n,
    timeMs: 1000n,
    sessionId: 0x100n,
    change: { kind: "error", error: ErrorCode.NoNode },
  });
  assert.equal(world.database.lastZxid, 1n);
});

Deno.test("write() refuses what is no write, a lone check, and reconfig as ZooKeeper 3.8.0 standalone", () => {
  const world = new World();
  assertErrors(world, [
    ["check", { path: "/", version: -1 }, "Unimplemented"],
    ["check", { path: "/nope", version: -1 }, "NoNode"],
    ["getData", { path: "/", watch: false }, "Unimplemented"],
    ["reconfig", {}, "ReconfigDisabled"],
    ["deleteContainer", { path: "/" }, "BadArguments"],
    ["error", { error: ErrorCode.MarshallingError }, "MarshallingError"],
  ]);
});

Deno.test("counts follow what is created, changed and deleted", () => {
  const world = new World();
  const { database } = world;
  const before = [database.nodeCount, database.ephemeralCount, database.approximateDataSize];
  world.create("/abc", { data: bytes("12345") });
  world.create("/abc/e", { flags: 1 });
  assert.deepEqual(
    [database.nodeCount, database.ephemeralCount, database.approximateDataSize],
    [before[0]! + 2, 1, before[2]! + 9 + 6],
  );
  world.setData("/abc", "1");
  assert.equal(database.approximateDataSize, before[2]! + 5 + 6);
  world.delete("/abc/e");
  world.delete("/abc");
  assert.deepEqual(
    [database.nodeCount, database.ephemeralCount, database.approximateDataSize],
    before,
  );
});

Deno.test("write() acts for the identities of its author", () => {
  const world = new World();
  const user = new Client(5n, [{ scheme: "digest", id: "user:hash" }]);
  world.create("/a", { client: user, acl: [{ permissions: 31, id: { scheme: "auth", id: "" } }] });
  assert.equal(world.errorOf("setData", { path: "/a", data: null, version: -1 }), ErrorCode.NoAuth);
  assert.equal(world.errorOf("create", createBody("/a/b")), ErrorCode.NoAuth);
  assert.equal(world.errorOf("create", createBody("/a/b"), user.author), 0);
  assert.equal(world.errorOf("delete", { path: "/a/b", version: -1 }), ErrorCode.NoAuth);
});
