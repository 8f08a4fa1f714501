import assert from "node:assert/strict";
import { ErrorCode } from "../../../../src/zookeeper/wire/constants.ts";
import { contentsOf } from "./contents.ts";
import { bytes, createBody, World } from "./world.ts";

const part = (operation: string, body: object) => ({ operation, body });
const create = (path: string, flags = 0) => part("create", createBody(path, { flags }));
const remove = (path: string, version = -1) => part("delete", { path, version });
const setData = (path: string, version = -1) =>
  part("setData", { path, data: bytes("new"), version });
const check = (path: string, version: number) => part("check", { path, version });

function errorsOf(world: World, parts: unknown[]): number[] {
  const { reply } = world.write("multi", parts);
  assert.equal(reply.error, 0);
  return (reply.body as { kind: string; error: number }[]).map(({ kind, error }) => {
    assert.equal(kind, "error");
    return error;
  });
}

Deno.test("a multi does its parts one after another under one zxid", () => {
  const world = new World();
  const { reply, transaction } = world.write("multi", [
    create("/m"),
    create("/m/s-", 3),
    check("/m", 0),
    setData("/m", 0),
    check("/m", 1),
    remove("/m/s-0000000000"),
    create("/m/s-", 2),
  ]);
  const [made, , , changed, ...rest] = reply.body as {
    kind: string;
    stat?: { numChildren: number };
  }[];
  assert.deepEqual(made, { kind: "created", path: "/m" });
  assert.equal(changed!.stat!.numChildren, 1);
  assert.deepEqual(rest, [
    { kind: "checked" },
    { kind: "done" },
    { kind: "created", path: "/m/s-0000000001" },
  ]);
  assert.equal(transaction.zxid, 1n);
  const { czxid, mzxid, pzxid, version, numChildren, cversion } = world.stat("/m")!;
  assert.deepEqual([czxid, mzxid, pzxid, version, numChildren, cversion], [1n, 1n, 1n, 1, 1, 3]);
});

Deno.test("a multi with a refused part changes nothing, and says who is to blame as ZooKeeper 3.8.0", async () => {
  const world = new World();
  world.create("/a", { data: bytes("old") });
  world.create("/a/b");
  world.create("/e", { flags: 1 });
  world.write("createContainer", createBody("/k"));
  const before = await contentsOf(world.database);
  const errors = errorsOf(world, [
    create("/a/s-", 2),
    setData("/a"),
    remove("/a/b"),
    remove("/e"),
    create("/e"),
    remove("/k"),
    check("/a", 0),
    create("/x"),
  ]);
  assert.deepEqual(errors, [
    0,
    0,
    0,
    0,
    0,
    0,
    ErrorCode.BadVersion,
    ErrorCode.RuntimeInconsistency,
  ]);
  const { transaction } = world.write("error", { error: 0 });
  assert.deepEqual(await contentsOf(world.database), { ...before, zxid: transaction.zxid });
  assert.equal(world.create("/a/s-", { flags: 2 }), "/a/s-0000000001");
});

Deno.test("a refused multi uses up a zxid, is an error to the log and tells no watcher", () => {
  const world = new World();
  world.create("/a");
  world.read("getData", { path: "/a", watch: true });
  const { transaction, events } = world.write("multi", [setData("/a"), check("/nope", 0)]);
  assert.deepEqual(transaction.change, { kind: "error", error: ErrorCode.NoNode });
  assert.equal(transaction.zxid, 2n);
  assert.deepEqual(events, []);
  assert.equal(world.database.watchCounts().watches, 1);
});

Deno.test("an empty multi succeeds, as ZooKeeper 3.8.0", () => {
  const { reply, transaction } = new World().write("multi", []);
  assert.deepEqual(reply, { error: 0, body: [] });
  assert.deepEqual(transaction.change, { kind: "multi", changes: [] });
});

Deno.test("in a multi the flags say what is created, as ZooKeeper 3.8.0 was seen to do", () => {
  const world = new World();
  world.database.areTtlNodesAllowed = true;
  const { reply } = world.write("multi", [
    part("create2", createBody("/a")),
    part("createContainer", createBody("/b")),
    part("create", createBody("/c", { flags: 4 })),
    part("createTTL", createBody("/d", { flags: 5, ttlMs: 7n })),
    part("createTTL", createBody("/e", { flags: 0, ttlMs: 7n })),
  ]);
  const results = reply.body as { path: string; stat?: object }[];
  assert.deepEqual(results.map(({ path, stat }) => [path, stat !== undefined]), [
    ["/a", false],
    ["/b", false],
    ["/c", true],
    ["/d", true],
    ["/e", false],
  ]);
  assert.deepEqual([...world.database.expiredNodes(1n << 60n)], ["/d"]);
  world.create("/c/x");
  world.delete("/c/x");
  assert.deepEqual([...world.database.expiredNodes(0n)], ["/c"]);
});

Deno.test("a multi that ZooKeeper 3.8.0 fails to read is refused as a whole, once that part is reached", async () => {
  const world = new World();
  world.database.areTtlNodesAllowed = true;
  const before = await contentsOf(world.database);
  const unreadable = create("/x", 5);
  const { reply } = world.write("multi", [create("/y"), unreadable]);
  assert.deepEqual(reply, { error: ErrorCode.MarshallingError });
  assert.deepEqual(await contentsOf(world.database), { ...before, zxid: 1n });
  assert.deepEqual(errorsOf(world, [check("/nope", 0), unreadable]), [-101, -2]);
  const read = part("getData", { path: "/", watch: false });
  assert.equal(world.errorOf("multi", [check("/nope", 0), read]), ErrorCode.MarshallingError);
});

Deno.test("watchers are told of a multi as if its parts came one by one, as ZooKeeper 3.8.0", () => {
  const world = new World();
  world.read("addWatch", { path: "/", mode: 1 });
  world.read("exists", { path: "/m", watch: true }, world.other);
  world.write("multi", [create("/m"), setData("/m"), remove("/m")]);
  assert.deepEqual(world.told(), ["1 /m", "3 /m", "2 /m"]);
  assert.deepEqual(world.told(world.other), ["1 /m"]);
});

Deno.test("a multi is refused whose ACLs would be longer than any frame, once auth stands for those who are proven", async () => {
  const world = new World();
  world.client.author.identities.push({ scheme: "digest", id: `${"x".repeat(8000)}:hash` });
  const before = await contentsOf(world.database);
  const acl = [{ permissions: 31, id: { scheme: "auth", id: "" } }];
  const parts = Array.from(
    { length: 9000 },
    (_, at) => part("create", createBody(`/${at}`, { acl })),
  );
  const errors = errorsOf(world, parts);
  assert.equal(errors.find((error) => error !== 0), ErrorCode.InvalidACL);
  assert.deepEqual(await contentsOf(world.database), { ...before, zxid: 1n });
});
