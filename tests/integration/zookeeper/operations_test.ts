import assert from "node:assert/strict";
import {
  CREATOR_ACL,
  digestAuthentication,
  isZkError,
  OPEN_ACL,
  Permission,
  READ_ACL,
  TransactionError,
  type ZkErrorCode,
  ZooKeeper,
} from "../../../src/zookeeper/mod.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { reached } from "../../unit/zookeeper/session_trace.ts";
import { bound, bytes, newRoot, open, shared } from "./clients.ts";

let server: ZooKeeperServer;
let extended: ZooKeeperServer;
Deno.test.beforeAll(async () => {
  [server, extended] = await Promise.all([
    ZooKeeperServer.start(),
    ZooKeeperServer.start({ settings: { extendedTypesEnabled: "true" } }),
  ]);
});
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await extended[Symbol.asyncDispose]();
});

async function openRoot(): Promise<ZooKeeper> {
  return await open(`${server.address}${await newRoot(server.address)}`);
}

function failsWith(code: ZkErrorCode): (error: unknown) => boolean {
  return (error) => isZkError(error, code);
}

Deno.test("create(), getData(), setData(), exists(), delete() go once around", shared, async () => {
  await using zk = await openRoot();
  const created = await zk.create("/ä €", bytes("one"));
  assert.equal(created.path, "/ä €");
  assert.equal(created.stat.version, 0);
  assert.deepEqual((await zk.getData("/ä €")).data, bytes("one"));
  const stat = await zk.setData("/ä €", bytes("two"), { version: 0 });
  assert.equal(stat.version, 1);
  assert.ok(stat.mzxid > stat.czxid);
  assert.deepEqual(await zk.exists("/ä €"), stat);
  assert.deepEqual(await zk.getChildren("/").then(({ children }) => children), ["ä €"]);
  await zk.delete("/ä €", { version: 1 });
  assert.equal(await zk.exists("/ä €"), undefined);
});

Deno.test("requests fail with the server's reasons", shared, async () => {
  await using zk = await openRoot();
  await zk.create("/a", bytes("1"));
  await zk.create("/a/b", bytes("1"));
  await zk.create("/e", bytes("1"), { mode: "ephemeral" });
  await assert.rejects(zk.create("/a", bytes("2")), failsWith("NodeExists"));
  await assert.rejects(zk.create("/x/y", bytes("2")), failsWith("NoNode"));
  await assert.rejects(zk.create("/e/x", bytes("2")), failsWith("NoChildrenForEphemerals"));
  await assert.rejects(zk.delete("/a"), failsWith("NotEmpty"));
  await assert.rejects(zk.delete("/a/b", { version: 7 }), failsWith("BadVersion"));
  await assert.rejects(zk.setData("/a", bytes("2"), { version: 7 }), failsWith("BadVersion"));
  await assert.rejects(zk.getData("/x"), failsWith("NoNode"));
  await assert.rejects(zk.create("/c", bytes("1"), { acl: [] }), failsWith("InvalidACL"));
});

Deno.test("create() makes nodes of each mode that needs no setting", shared, async () => {
  await using zk = await openRoot();
  const made = async (path: string, mode: "ephemeral" | "container" | "persistentSequential") =>
    (await zk.create(path, new Uint8Array(), { mode })).path;
  assert.equal(await made("/s-", "persistentSequential"), "/s-0000000000");
  assert.equal(await made("/s-", "persistentSequential"), "/s-0000000001");
  assert.equal(await made("/c", "container"), "/c");
  assert.equal(await made("/c/", "persistentSequential"), "/c/0000000000");
  assert.equal(await made("/e", "ephemeral"), "/e");
  const both = await zk.create("/es-", bytes("x"), { mode: "ephemeralSequential" });
  assert.match(both.path, /^\/es-\d{10}$/);
  assert.equal(both.stat.ephemeralOwner, zk.credentials.id);
  const { children } = await zk.getChildren("/");
  assert.equal(children.length, 5);
});

Deno.test(
  "create() with a time to live needs a server that has it switched on",
  shared,
  async () => {
    const options = { mode: "persistentWithTtl", ttlMs: 60_000 } as const;
    await using plain = await open(server.address);
    await assert.rejects(plain.create("/ttl", bytes("x"), options), failsWith("Unimplemented"));
    await using zk = await open(extended.address);
    assert.equal((await zk.create("/ttl", bytes("x"), options)).path, "/ttl");
    const sequential = { mode: "persistentSequentialWithTtl", ttlMs: 60_000 } as const;
    assert.match((await zk.create("/ttl-", bytes("x"), sequential)).path, /^\/ttl-\d{10}$/);
    await assert.rejects(
      zk.create("/never", bytes("x"), { mode: "persistentWithTtl" }),
      failsWith("BadArguments"),
    );
  },
);

Deno.test("createPath() creates what is missing and takes what is there", shared, async () => {
  await using zk = await openRoot();
  await Promise.all([zk.createPath("/a/b/c"), zk.createPath("/a/b/d", { mode: "container" })]);
  await zk.createPath("/a/b/c");
  await zk.createPath("/");
  assert.deepEqual((await zk.getChildren("/a/b")).children.toSorted(), ["c", "d"]);
});

Deno.test("a chroot that is not there is said to be missing", shared, async () => {
  await using zk = await open(`${server.address}/nowhere`);
  assert.equal(await zk.exists("/"), undefined);
  await assert.rejects(zk.create("/a", bytes("1")), failsWith("NoNode"));
  await assert.rejects(zk.createPath("/a/b", { signal: bound() }), failsWith("NoNode"));
});

Deno.test("a chroot is the root of everything, sync() included", shared, async () => {
  const root = await newRoot(server.address);
  await using zk = await open(`${server.address}${root}`);
  await using outside = await open(server.address);
  await zk.create("/a", bytes("1"));
  assert.deepEqual((await outside.getData(`${root}/a`)).data, bytes("1"));
  await zk.sync("/");
  await zk.sync("/a");
  await zk.setData("/", bytes("root"));
  assert.deepEqual((await outside.getData(root)).data, bytes("root"));
});

Deno.test("multi() does all its steps", shared, async () => {
  await using zk = await openRoot();
  await zk.create("/old", bytes("0"));
  const results = await zk.multi([
    { kind: "check", path: "/old", version: 0 },
    { kind: "create", path: "/new", data: bytes("1") },
    { kind: "create", path: "/new/s-", mode: "ephemeralSequential" },
    { kind: "setData", path: "/new", data: bytes("2"), version: 0 },
    { kind: "delete", path: "/old", version: 0 },
  ]);
  assert.deepEqual(results.map(({ kind }) => kind), ["done", "created", "created", "stat", "done"]);
  const [, created, sequential, changed] = results;
  assert.equal(created?.kind === "created" && created.path, "/new");
  assert.equal(sequential?.kind === "created" && sequential.path, "/new/s-0000000000");
  assert.equal(changed?.kind === "stat" && changed.stat.version, 1);
  assert.deepEqual(await zk.multi([]), []);
});

Deno.test("multi() does nothing when one step cannot be done, and names it", shared, async () => {
  await using zk = await openRoot();
  await zk.create("/a", bytes("0"));
  const failing = zk.multi([
    { kind: "create", path: "/b" },
    { kind: "setData", path: "/a", data: bytes("1") },
    { kind: "check", path: "/a", version: 7 },
    { kind: "delete", path: "/a" },
  ]);
  await assert.rejects(failing, (error) => {
    assert.ok(error instanceof TransactionError);
    assert.deepEqual([error.code, error.index, error.step.kind], ["BadVersion", 2, "check"]);
    return true;
  });
  assert.equal(await zk.exists("/b"), undefined);
  assert.deepEqual((await zk.getData("/a")).data, bytes("0"));
});

Deno.test("multiRead() gives each node's data, or its own error", shared, async () => {
  await using zk = await openRoot();
  await zk.create("/a", bytes("1"));
  const [there, missing] = await zk.multiRead(["/a", "/b"]);
  assert.ok(there !== undefined && "data" in there);
  assert.deepEqual(there.data, bytes("1"));
  assert.ok(isZkError(missing, "NoNode"));
});

Deno.test(
  "ACLs keep out who did not create the node, on each connection anew",
  shared,
  async () => {
    const root = await newRoot(server.address);
    await using proxy = TcpProxy.start({ target: server.address });
    const authentications = [digestAuthentication("bob", "secret")];
    await using bob = await open(`${proxy.address}${root}`, { authentications });
    await using eve = await open(`${server.address}${root}`, {
      authentications: [digestAuthentication("eve", "other")],
    });
    await bob.create("/private", bytes("1"), { acl: CREATOR_ACL });
    await bob.create("/public", bytes("1"), { acl: [...CREATOR_ACL, ...READ_ACL] });
    await assert.rejects(eve.getData("/private"), failsWith("NoAuth"));
    await assert.rejects(eve.setData("/public", bytes("2")), failsWith("NoAuth"));
    assert.deepEqual((await eve.getData("/public")).data, bytes("1"));
    proxy.cutConnections();
    await reached(bob, "suspended");
    assert.deepEqual((await bob.getData("/private", { signal: bound() })).data, bytes("1"));
    const { acl, stat } = await bob.getAcl("/private");
    assert.equal(acl[0]?.id.scheme, "digest");
    assert.match(acl[0].id.id, /^bob:/);
    assert.equal(acl[0].permissions, Permission.all);
    await assert.rejects(
      bob.setAcl("/private", OPEN_ACL, { version: stat.aversion + 1 }),
      failsWith("BadVersion"),
    );
    await bob.setAcl("/private", OPEN_ACL, { version: stat.aversion });
    assert.deepEqual((await eve.getData("/private")).data, bytes("1"));
  },
);

Deno.test("an ACL of the creator needs one who said who he is", shared, async () => {
  await using zk = await openRoot();
  await assert.rejects(zk.create("/a", bytes("1"), { acl: CREATOR_ACL }), failsWith("InvalidACL"));
});

Deno.test("whoAmI() names the address and the authenticated user", shared, async () => {
  await using zk = await open(server.address, {
    authentications: [digestAuthentication("bob", "secret")],
  });
  const identities = await zk.whoAmI();
  assert.deepEqual(identities.toSorted((a, b) => a.scheme < b.scheme ? -1 : 1), [
    { scheme: "digest", id: "bob" },
    { scheme: "ip", id: "127.0.0.1" },
  ]);
});

Deno.test("an authentication that the server refuses ends the session", shared, async () => {
  const authentications = [{
    authenticate: (channel: { auth(scheme: string, bytes: Uint8Array): Promise<void> }) =>
      channel.auth("nonsense", bytes("x")),
  }];
  await assert.rejects(open(server.address, { authentications }), failsWith("AuthFailed"));
});

Deno.test("getEphemerals() lists this session's own", shared, async () => {
  const root = await newRoot(server.address);
  await using zk = await open(`${server.address}${root}`);
  await using other = await open(`${server.address}${root}`);
  await zk.create("/a", bytes("1"), { mode: "ephemeral" });
  await zk.create("/b", bytes("1"), { mode: "ephemeral" });
  await other.create("/c", bytes("1"), { mode: "ephemeral" });
  assert.deepEqual((await zk.getEphemerals("/")).toSorted(), ["/a", "/b"]);
  assert.deepEqual(await zk.getEphemerals("/b"), ["/b"]);
});

Deno.test("getAllChildrenNumber() counts at any depth", shared, async () => {
  await using zk = await openRoot();
  await zk.createPath("/a/b/c");
  assert.equal(await zk.getAllChildrenNumber("/"), 3);
  assert.equal(await zk.getAllChildrenNumber("/a/b"), 1);
});

Deno.test("reconfig() says that it is switched off", shared, async () => {
  await using zk = await open(server.address);
  await assert.rejects(zk.reconfig({ leaving: "1" }), failsWith("ReconfigDisabled"));
  assert.equal(zk.state.kind, "connected");
});
