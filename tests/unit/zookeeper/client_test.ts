import assert from "node:assert/strict";
import {
  CREATOR_ACL,
  InvalidArgumentError,
  isZkError,
  OPEN_ACL,
  TransactionError,
  ZooKeeper,
} from "../../../src/zookeeper/mod.ts";
import { FakeServer } from "./fake_server.ts";
import type { FakeRequest } from "./frames.ts";
import { STAT } from "./frames.ts";
import { openSession } from "./opened_session.ts";

const DATA = new Uint8Array([1, 2]);

interface Row {
  act: (zk: ZooKeeper) => Promise<unknown>;
  sent: [FakeRequest["operation"], unknown];
  answer?: unknown;
  result?: unknown;
}

/** Each method below the chroot /app: what it sends, and what it makes of the answer. */
const METHODS: Record<string, Row> = {
  create: {
    act: (zk) => zk.create("/a", DATA),
    sent: ["create2", { path: "/app/a", data: DATA, acl: OPEN_ACL, flags: 0 }],
    answer: { path: "/app/a", stat: STAT },
    result: { path: "/a", stat: STAT },
  },
  "create of an ephemeral sequential node": {
    act: (zk) => zk.create("/a-", DATA, { mode: "ephemeralSequential", acl: CREATOR_ACL }),
    sent: ["create2", { path: "/app/a-", data: DATA, acl: CREATOR_ACL, flags: 3 }],
    answer: { path: "/app/a-0000000001", stat: STAT },
    result: { path: "/a-0000000001", stat: STAT },
  },
  "create of a container": {
    act: (zk) => zk.create("/a", DATA, { mode: "container" }),
    sent: ["createContainer", { path: "/app/a", data: DATA, acl: OPEN_ACL, flags: 4 }],
    answer: { path: "/app/a", stat: STAT },
  },
  "create of a node with a time to live": {
    act: (zk) => zk.create("/a", DATA, { mode: "persistentWithTtl", ttlMs: 500 }),
    sent: ["createTTL", { path: "/app/a", data: DATA, acl: OPEN_ACL, flags: 5, ttlMs: 500n }],
    answer: { path: "/app/a", stat: STAT },
  },
  delete: {
    act: (zk) => zk.delete("/a", { version: 3 }),
    sent: ["delete", { path: "/app/a", version: 3 }],
  },
  exists: {
    act: (zk) => zk.exists("/a"),
    sent: ["exists", { path: "/app/a", watch: false }],
    result: STAT,
  },
  getData: {
    act: (zk) => zk.getData("/"),
    sent: ["getData", { path: "/app", watch: false }],
    answer: { data: null, stat: STAT },
    result: { data: new Uint8Array(), stat: STAT },
  },
  setData: {
    act: (zk) => zk.setData("/a", DATA),
    sent: ["setData", { path: "/app/a", data: DATA, version: -1 }],
    result: STAT,
  },
  getChildren: {
    act: (zk) => zk.getChildren("/a"),
    sent: ["getChildren2", { path: "/app/a", watch: false }],
    result: { children: ["a"], stat: STAT },
  },
  getAcl: {
    act: (zk) => zk.getAcl("/a"),
    sent: ["getACL", { path: "/app/a" }],
    answer: { acl: OPEN_ACL, stat: STAT },
    result: { acl: OPEN_ACL, stat: STAT },
  },
  setAcl: {
    act: (zk) => zk.setAcl("/a", OPEN_ACL, { version: 2 }),
    sent: ["setACL", { path: "/app/a", acl: OPEN_ACL, version: 2 }],
    answer: { stat: STAT },
    result: STAT,
  },
  sync: { act: (zk) => zk.sync("/a"), sent: ["sync", { path: "/app/a" }] },
  addWatch: {
    act: (zk) => zk.addWatch("/a", "persistentRecursive", () => {}),
    sent: ["addWatch", { path: "/app/a", mode: 1 }],
  },
  hasWatches: {
    act: (zk) => zk.hasWatches("/a", "any"),
    sent: ["checkWatches", { path: "/app/a", type: 3 }],
    result: true,
  },
  getEphemerals: {
    act: (zk) => zk.getEphemerals("/a"),
    sent: ["getEphemerals", { path: "/app/a" }],
    answer: { paths: ["/app/a", "/app/a/b"] },
    result: ["/a", "/a/b"],
  },
  getAllChildrenNumber: {
    act: (zk) => zk.getAllChildrenNumber("/a"),
    sent: ["getAllChildrenNumber", { path: "/app/a" }],
    answer: { count: 7 },
    result: 7,
  },
  whoAmI: {
    act: (zk) => zk.whoAmI(),
    sent: ["whoAmI", undefined],
    answer: { clients: [{ scheme: "digest", user: "bob" }] },
    result: [{ scheme: "digest", id: "bob" }],
  },
  reconfig: {
    act: (zk) => zk.reconfig({ leaving: "3" }),
    sent: ["reconfig", { joining: null, leaving: "3", newMembers: null, configId: -1n }],
    answer: { data: DATA, stat: STAT },
    result: { data: DATA, stat: STAT },
  },
  multi: {
    act: (zk) =>
      zk.multi([{ kind: "check", path: "/a", version: 1 }, { kind: "delete", path: "/b" }]),
    sent: ["multi", [
      { operation: "check", body: { path: "/app/a", version: 1 } },
      { operation: "delete", body: { path: "/app/b", version: -1 } },
    ]],
    answer: [{ kind: "done" }, { kind: "done" }],
    result: [{ kind: "done" }, { kind: "done" }],
  },
};

for (const [name, { act, sent, answer, result }] of Object.entries(METHODS)) {
  Deno.test(`${name} sends what the server expects, below the chroot`, async () => {
    await using server = FakeServer.start();
    await using opened = await openSession(server, { chroot: "/app" });
    const acting = act(opened.zk);
    const request = await opened.connection.request();
    assert.deepEqual([request.operation, request.body], sent);
    await opened.connection.reply(request, { answer });
    const value = await acting;
    if (result !== undefined) assert.deepEqual(value, result);
  });
}

Deno.test("exists() and hasWatches() take an absence for an answer", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const answers = [zk.exists("/a"), zk.hasWatches("/a", "data")];
  await connection.answer("exists", { error: -101 });
  await connection.answer("checkWatches", { error: -121 });
  assert.deepEqual(await Promise.all(answers), [undefined, false]);
});

Deno.test("multi() fails with the step that undid it, though the header says success", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const failing = opened.zk.multi([{ kind: "create", path: "/a" }, { kind: "check", path: "/b" }]);
  const answer = [{ kind: "error", error: 0 }, { kind: "error", error: -101 }];
  await opened.connection.answer("multi", { answer });
  await assert.rejects(failing, (error) => {
    assert.ok(error instanceof TransactionError);
    assert.deepEqual([error.code, error.index, error.path], ["NoNode", 1, "/b"]);
    return true;
  });
});

Deno.test("multi() fails with the header's code when there is no body", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const failing = opened.zk.multi([{ kind: "create", path: "/a" }]);
  await opened.connection.answer("multi", { error: -5 });
  await assert.rejects(failing, (error) => isZkError(error, "MarshallingError"));
});

Deno.test("multiRead() gives each node's data or its error", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, { chroot: "/app" });
  const reading = opened.zk.multiRead(["/a", "/b"]);
  const request = await opened.connection.answer("multiRead", {
    answer: [{ kind: "data", data: DATA, stat: STAT }, { kind: "error", error: -101 }],
  });
  assert.deepEqual(
    request.body,
    ["/app/a", "/app/b"].map((path) => ({
      operation: "getData",
      body: { path, watch: false },
    })),
  );
  const [data, error] = await reading;
  assert.deepEqual(data, { data: DATA, stat: STAT });
  assert.ok(isZkError(error, "NoNode"));
  assert.equal(error.path, "/b");
});

Deno.test("createPath() creates what is missing, from the top", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { connection } = opened;
  const creating = opened.zk.createPath("/a/b", { mode: "container" });
  await connection.answer("createContainer", { error: -101 });
  const parent = await connection.answer("create2");
  assert.deepEqual([parent.body.path, parent.body.flags], ["/a", 0]);
  await connection.answer("createContainer", { error: -110 });
  await creating;
});

Deno.test("createPath() fails when the chroot itself is missing", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, { chroot: "/app" });
  const creating = opened.zk.createPath("/a", { signal: AbortSignal.timeout(5000) });
  await opened.connection.answer("create2", { error: -101 });
  await assert.rejects(creating, { code: "NoNode", message: /the chroot .* does not exist/ });
  assert.equal(opened.connection.requestsLeft, 0);
});

Deno.test("a bad path is refused before anything is sent", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const acts: Promise<unknown>[] = [
    zk.create("a", DATA),
    zk.create("/a/", DATA),
    zk.delete("/a//b"),
    zk.exists(""),
    zk.getData("/a/../b"),
    zk.setData("/a/", DATA),
    zk.getChildren("/a/"),
    zk.sync("a"),
    zk.multi([{ kind: "delete", path: "/a" }, { kind: "delete", path: "/b/" }]),
    zk.multiRead(["/a", "b"]),
    zk.addWatch("/a/", "persistent", () => {}),
    zk.removeWatches("/a/", "any"),
    zk.getEphemerals("a"),
  ];
  for (const act of acts) await assert.rejects(act, InvalidArgumentError);
  assert.equal(connection.requestsLeft, 0);
});

Deno.test("ZooKeeper refuses a connect string that it cannot read", () => {
  assert.throws(() => new ZooKeeper("a:1,b:x"), InvalidArgumentError);
  assert.throws(() => new ZooKeeper("a:1/app/"), InvalidArgumentError);
});
