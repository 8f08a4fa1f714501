import assert from "node:assert/strict";
import { ErrorCode } from "../../../../src/zookeeper/wire/constants.ts";
import { bytes, Client, OPEN, World } from "./world.ts";

const READER = [{ permissions: 1, id: { scheme: "ip", id: "127.0.0.1" } }];
const HASHED = { permissions: 15, id: { scheme: "digest", id: "user:hash" } };

Deno.test("read() answers with data, children, ACL and stat", () => {
  const world = new World();
  world.create("/a", { data: bytes("abc") });
  world.create("/a/b");
  world.create("/a/c");
  const stat = world.stat("/a");
  const body = { path: "/a", watch: false };
  assert.deepEqual(world.read("getData", body).body, { data: bytes("abc"), stat });
  assert.deepEqual(world.read("exists", body).body, { stat });
  assert.deepEqual(world.read("getChildren2", body).body, { children: ["b", "c"], stat });
  assert.deepEqual(world.read("getACL", body).body, { acl: OPEN, stat });
});

Deno.test("read() finds no node where ZooKeeper 3.8.0 finds none, and the root also by no path", () => {
  const world = new World();
  world.create("/a");
  const operations = [
    "exists",
    "getData",
    "getChildren",
    "getACL",
    "getAllChildrenNumber",
  ] as const;
  for (const path of ["a", "/nope", "/a/", "//", "/a//b", "/a/b"]) {
    for (const name of operations) {
      assert.equal(
        world.read(name, { path, watch: false }).error,
        ErrorCode.NoNode,
        `${name} ${path}`,
      );
    }
  }
  assert.deepEqual(world.stat(""), world.stat("/"));
  const nul = { path: "/a\0", watch: false };
  assert.equal(world.read("exists", nul).error, ErrorCode.BadArguments);
  assert.equal(world.read("getData", nul).error, ErrorCode.NoNode);
});

Deno.test("read() needs the permission, but to learn whether there is a node", () => {
  const world = new World();
  world.create("/a", { acl: [HASHED] });
  for (
    const name of [
      "getData",
      "getChildren",
      "getChildren2",
      "getACL",
      "getAllChildrenNumber",
    ] as const
  ) {
    assert.equal(world.read(name, { path: "/a", watch: false }).error, ErrorCode.NoAuth, name);
  }
  assert.equal(world.read("exists", { path: "/a", watch: false }).error, 0);
});

Deno.test("getACL hides hashes from who may not change the list, as ZooKeeper 3.8.0", () => {
  const world = new World();
  world.create("/a", { acl: [...READER, HASHED] });
  const ids = (client: Client) => {
    const { body } = world.read("getACL", { path: "/a" }, client);
    return (body as { acl: { id: { id: string } }[] }).acl.map(({ id }) => id.id);
  };
  assert.deepEqual(ids(world.client), ["127.0.0.1", "user:x"]);
  const admin = new Client(1n, [{ scheme: "super", id: "" }]);
  assert.deepEqual(ids(admin), ["127.0.0.1", "user:hash"]);
});

Deno.test("getAllChildrenNumber counts all below, as ZooKeeper 3.8.0 counts a new tree", () => {
  const world = new World();
  const count = (path: string) =>
    (world.read("getAllChildrenNumber", { path }).body as { count: number }).count;
  assert.deepEqual(["/", "/zookeeper", "/zookeeper/quota"].map(count), [3, 2, 0]);
  for (const path of ["/a", "/a/b", "/a/b/c", "/ab"]) world.create(path);
  assert.deepEqual(["/", "/a", "/a/b"].map(count), [7, 2, 1]);
});

Deno.test("getEphemerals lists those of the own session by the text that they begin with", () => {
  const world = new World();
  world.create("/a");
  for (const path of ["/a/x", "/ab"]) world.create(path, { flags: 1 });
  world.create("/other", { flags: 1, client: world.other });
  const paths = (path: string) =>
    (world.read("getEphemerals", { path }).body as { paths: string[] }).paths.toSorted();
  for (const prefix of ["", "/", " / "]) assert.deepEqual(paths(prefix), ["/a/x", "/ab"]);
  assert.deepEqual(paths("/a/"), ["/a/x"]);
  assert.deepEqual(paths("a"), []);
});

Deno.test("multiRead answers each part alone", () => {
  const world = new World();
  world.create("/a", { data: bytes("abc") });
  world.create("/closed", { acl: [HASHED] });
  const part = (operation: string, path: string) => ({ operation, body: { path, watch: true } });
  const { error, body } = world.read("multiRead", [
    part("getData", "/a"),
    part("getChildren", "/nope"),
    part("getData", "/closed"),
    part("getChildren", "/"),
  ]);
  const stat = world.stat("/a");
  const [data, missing, refused, children] = body as { kind: string; children?: string[] }[];
  assert.deepEqual([error, data], [0, { kind: "data", data: bytes("abc"), stat }]);
  assert.deepEqual([missing, refused], [
    { kind: "error", error: ErrorCode.NoNode },
    { kind: "error", error: ErrorCode.NoAuth },
  ]);
  assert.deepEqual(children!.children, ["zookeeper", "a", "closed"]);
  assert.equal(world.database.watchCounts().watches, 0);
  assert.deepEqual(world.read("multiRead", []), { error: 0, body: [] });
});

Deno.test("multiRead refuses what would become too long a reply", () => {
  const world = new World();
  world.create("/large", { data: new Uint8Array(1024 * 1024) });
  const errorOf = (count: number, operation: "getData" | "getChildren" = "getData") =>
    world.read("multiRead", Array(count).fill({ operation, body: { path: "/large" } })).error;
  assert.equal(errorOf(64), 0);
  assert.equal(errorOf(65), ErrorCode.MarshallingError);
  for (let at = 0; at < 1024; at++) world.create(`/large/${String(at).padStart(1024, "x")}`);
  assert.equal(errorOf(64, "getChildren"), 0);
  assert.equal(errorOf(65, "getChildren"), ErrorCode.MarshallingError);
});

Deno.test("multiRead refuses writes, and read() all that is no read", () => {
  const world = new World();
  const parts = [{ operation: "delete", body: { path: "/a", version: -1 } }];
  assert.equal(world.read("multiRead", parts).error, ErrorCode.MarshallingError);
  assert.equal(world.read("delete", { path: "/a" }).error, ErrorCode.Unimplemented);
});
