import assert from "node:assert/strict";
import type { WatchEvent } from "../../../src/zookeeper/mod.ts";
import { FakeServer } from "./fake_server.ts";
import { eventFrame, replyFrame } from "./frames.ts";
import { openSession } from "./opened_session.ts";
import { reached } from "./session_trace.ts";

Deno.test("an event right behind the reply that leaves the watch is told", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const order: string[] = [];
  const first = zk.getData("/a", { watch: ({ kind }) => order.push(kind) });
  const second = zk.getData("/a").then(() => order.push("later read"));
  const requests = await connection.requests(2);
  await connection.send(
    replyFrame(requests[0]!),
    eventFrame(3, "/a"),
    replyFrame(requests[1]!),
  );
  await Promise.all([first, second]);
  assert.deepEqual(order, ["dataChanged", "later read"]);
});

Deno.test("exists() leaves a watch on a node that is not there", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const told: WatchEvent[] = [];
  const reply = zk.exists("/a", { watch: (event) => told.push(event) });
  const request = await connection.request();
  assert.deepEqual(request.body, { path: "/a", watch: true });
  await connection.send(replyFrame(request, { error: -101 }), eventFrame(1, "/a"));
  assert.equal(await reply, undefined);
  const next = zk.getData("/b");
  await connection.answer("getData");
  await next;
  assert.deepEqual(told, [{ kind: "created", path: "/a" }]);
});

Deno.test("a read that fails leaves no watch", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const watch = () => assert.fail("told");
  const failing = [
    assert.rejects(zk.getData("/a", { watch })),
    assert.rejects(zk.getChildren("/a", { watch })),
    assert.rejects(zk.exists("/a", { watch })),
    assert.rejects(zk.addWatch("/a", "persistent", watch)),
  ];
  await connection.answer("getData", { error: -101 });
  await connection.answer("getChildren2", { error: -101 });
  await connection.answer("exists", { error: -102 });
  await connection.answer("addWatch", { error: -102 });
  await Promise.all(failing);
  connection.close();
  const again = await server.establish();
  await reached(zk, "connected");
  const next = zk.sync("/");
  assert.equal((await again.answer("sync")).operation, "sync", "and not setWatches");
  await next;
});

Deno.test("one watcher that was given twice is told once", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const told: WatchEvent[] = [];
  const watch = (event: WatchEvent) => told.push(event);
  const replies = [zk.getData("/a", { watch }), zk.exists("/a", { watch })];
  await connection.answer("getData");
  await connection.answer("exists");
  await Promise.all(replies);
  const next = zk.getData("/a");
  const request = await connection.request();
  await connection.send(eventFrame(2, "/a"), replyFrame(request));
  await next;
  assert.deepEqual(told, [{ kind: "deleted", path: "/a" }]);
});

Deno.test("events come in the paths below the chroot", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, { chroot: "/app" });
  const { zk, connection } = opened;
  const told: WatchEvent[] = [];
  const replies = [
    zk.getChildren("/", { watch: (event) => told.push(event) }),
    zk.getData("/a/b", { watch: (event) => told.push(event) }),
  ];
  const requests = await connection.requests(2);
  assert.deepEqual(requests.map(({ body }) => body.path), ["/app", "/app/a/b"]);
  await connection.send(
    ...requests.map((request) => replyFrame(request)),
    eventFrame(4, "/app"),
    eventFrame(3, "/app/a/b"),
  );
  await Promise.all(replies);
  const next = zk.sync("/");
  await connection.answer("sync");
  await next;
  assert.deepEqual(told, [
    { kind: "childrenChanged", path: "/" },
    { kind: "dataChanged", path: "/a/b" },
  ]);
});

Deno.test("removeWatches() tells those who waited, and forgets them", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, { chroot: "/app" });
  const { zk, connection } = opened;
  const told: [string, WatchEvent][] = [];
  const replies = [
    zk.getData("/a", { watch: (event) => told.push(["data", event]) }),
    zk.getChildren("/a", { watch: (event) => told.push(["child", event]) }),
    zk.addWatch("/a", "persistent", (event) => told.push(["persistent", event])),
  ];
  await connection.answer("getData");
  await connection.answer("getChildren2");
  await connection.answer("addWatch");
  await Promise.all(replies);

  const removal = zk.removeWatches("/a", "data");
  const request = await connection.answer("removeWatches");
  assert.deepEqual(request.body, { path: "/app/a", type: 2 });
  await removal;
  const removed = { kind: "removed", path: "/a" };
  assert.deepEqual(told.splice(0), [["data", removed]]);

  const rest = zk.removeWatches("/a", "any");
  await connection.answer("removeWatches");
  await rest;
  assert.deepEqual(told, [["child", removed], ["persistent", removed]]);
});

Deno.test("removeWatches() that fails leaves the watches", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const told: WatchEvent[] = [];
  const reply = zk.getData("/a", { watch: (event) => told.push(event) });
  await connection.answer("getData");
  await reply;
  const removal = zk.removeWatches("/a", "children");
  await connection.answer("removeWatches", { error: -121 });
  await assert.rejects(removal);
  assert.deepEqual(told, []);
  await zk.close();
  assert.equal(told.length, 1);
});
