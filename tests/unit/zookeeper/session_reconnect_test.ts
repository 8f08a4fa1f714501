import assert from "node:assert/strict";
import {
  digestAuthentication,
  isZkError,
  type SessionState,
  type WatchEvent,
  ZkError,
} from "../../../src/zookeeper/mod.ts";
import { FakeServer } from "./fake_server.ts";
import { eventFrame, replyFrame } from "./frames.ts";
import { openSession, startSession } from "./opened_session.ts";
import { reached, traceStates } from "./session_trace.ts";

const sanitized = { sanitizeOps: true, sanitizeResources: true };
const signal = () => AbortSignal.timeout(5000);

Deno.test("a lost connection is replaced within the same session", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, { sessionTimeoutMs: 7000 });
  const { zk, connection } = opened;
  const states = traceStates(zk);
  const reply = zk.getData("/a");
  await connection.answer("getData", { zxid: 42n });
  await reply;
  connection.close();
  await reached(zk, "suspended");
  const again = await server.establish({ timeoutMs: 5000 });
  const state = await reached(zk, "connected");
  const request = await again.connectRequest;
  assert.deepEqual({ id: request.sessionId, password: request.password }, zk.credentials);
  assert.equal(request.lastZxidSeen, 42n);
  assert.equal(request.timeoutMs, 7000, "asked for anew");
  assert.equal(state.negotiatedTimeoutMs, 5000);
  assert.deepEqual(states, ["connected", "suspended", "connected"]);
  assert.equal(opened.events.filter(({ kind }) => kind === "connection-lost").length, 1);
});

Deno.test("reconnect() leaves a server that is of no use for the next one", sanitized, async () => {
  await using useless = FakeServer.start();
  await using useful = FakeServer.start();
  await using started = startSession(`${useless.address},${useful.address}`);
  const { zk } = started;
  const first = await useless.establish({ sessionId: 5n });
  await reached(zk, "connected");
  const writing = zk.setData("/a", new Uint8Array());
  await first.request();
  const reason = new Error("it does not answer writes");
  zk.reconnect(reason);
  await assert.rejects(writing, (error: Error) => {
    return isZkError(error, "ConnectionLoss") && error.cause === reason;
  });
  const next = await useful.establish({ sessionId: 5n });
  assert.equal((await next.connectRequest).sessionId, 5n);
  const { server } = await reached(zk, "connected");
  assert.equal(server, useful.address);
  await first.ended;
});

Deno.test("reconnect() without a connection does nothing", sanitized, async () => {
  await using server = FakeServer.start();
  await using started = startSession(server);
  const accepting = server.accept();
  started.zk.reconnect(new Error("too early"));
  await accepting;
  assert.equal(started.zk.state.kind, "connecting");
  assert.equal(server.acceptedCount, 1);
});

Deno.test("time limits are those of the connection in use", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, { response: { timeoutMs: 60_000 } });
  opened.connection.close();
  const second = await server.establish({ timeoutMs: 60 });
  second.answersPings = false;
  await second.pings.next();
  // A read timeout of the first connection would be forty seconds.
  await server.establish({ timeoutMs: 60_000 });
  await second.ended;
});

Deno.test(
  "the next server has its share of the timeout that was negotiated",
  sanitized,
  async () => {
    await using good = FakeServer.start();
    await using silent = FakeServer.start();
    await using started = startSession(`${good.address},${silent.address}`, {
      sessionTimeoutMs: 60_000,
    });
    const first = await good.establish({ timeoutMs: 60 });
    await reached(started.zk, "connected");
    first.close();
    await silent.accept();
    // It asks by another session first whether answers come back.
    await (await good.establish()).answer("closeSession");
    await good.establish();
    await reached(started.zk, "connected");
  },
);

Deno.test("a request under way fails as unknown, and finds the session suspended", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  let state: SessionState | undefined;
  const failed = assert.rejects(
    zk.setData("/a", new Uint8Array()).catch((error) => {
      state = zk.state;
      throw error;
    }),
    (error: Error) => isZkError(error, "ConnectionLoss") && error.cause instanceof Error,
  );
  await connection.request();
  connection.close();
  await failed;
  assert.equal(state?.kind, "suspended");
});

Deno.test("watches are set again before anything else is asked", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, { chroot: "/app" });
  const { zk, connection } = opened;
  const watch = () => {};
  const replies = [
    zk.getData("/d", { watch }),
    zk.getChildren("/c", { watch }),
    zk.exists("/e", { watch }),
  ];
  await connection.answer("getData", { zxid: 9n });
  await connection.answer("getChildren2");
  await connection.answer("exists", { error: -101, zxid: 11n });
  await Promise.all(replies);
  connection.close();
  await reached(zk, "suspended");
  const waiting = zk.getData("/x");
  const again = await server.establish();
  const request = await again.request();
  assert.deepEqual([request.operation, request.xid], ["setWatches", -8]);
  assert.deepEqual(request.body, {
    relativeZxid: 100n,
    data: ["/app/d"],
    exist: ["/app/e"],
    child: ["/app/c"],
  });
  assert.equal(again.requestsLeft, 0);
  assert.equal(zk.state.kind, "suspended");
  await again.reply(request);
  await again.answer("getData");
  await waiting;
});

Deno.test("changes that were missed are told before the session is connected again", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const told: [WatchEvent, SessionState["kind"]][] = [];
  const reply = zk.getData("/d", { watch: (event) => told.push([event, zk.state.kind]) });
  await connection.answer("getData");
  await reply;
  connection.close();
  const again = await server.establish();
  const request = await again.request();
  await again.send(eventFrame(3, "/d"), replyFrame(request));
  await reached(zk, "connected");
  assert.deepEqual(told, [[{ kind: "dataChanged", path: "/d" }, "suspended"]]);
});

Deno.test("persistent watches are set again by the second form of the request", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const adding = [
    zk.addWatch("/p", "persistent", () => {}),
    zk.addWatch("/", "persistentRecursive", () => {}),
  ];
  await connection.answer("addWatch");
  await connection.answer("addWatch");
  await Promise.all(adding);
  connection.close();
  const again = await server.establish();
  const request = await again.answer("setWatches2");
  assert.deepEqual(request.body.persistent, ["/p"]);
  assert.deepEqual(request.body.persistentRecursive, ["/"]);
  await reached(zk, "connected");
});

Deno.test("watches are set again in packets that a server takes", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const paths = Array.from({ length: 50 }, (_, index) => `/${index}`.padEnd(8000, "x"));
  const replies = paths.map((path) => zk.getData(path, { watch: () => {} }));
  for (const request of await connection.requests(paths.length)) await connection.reply(request);
  await Promise.all(replies);
  connection.close();
  const again = await server.establish();
  const packets = [];
  for (let count = 0; count < paths.length;) {
    const request = await again.answer("setWatches");
    const size = request.body.data.join("").length;
    assert.ok(size <= 128 * 1024, `${size} bytes of paths`);
    count += request.body.data.length;
    packets.push(...request.body.data);
  }
  assert.deepEqual(packets, paths);
  await reached(zk, "connected");
});

Deno.test("watches are set again in packets below a limit of the caller's", async () => {
  await using server = FakeServer.start();
  const maxRequestBytes = 500;
  await using opened = await openSession(server, { maxRequestBytes });
  const { zk, connection } = opened;
  const paths = ["/a", "/b", "/c"].map((path) => path.padEnd(300, "x"));
  const replies = paths.map((path) => zk.getData(path, { watch: () => {} }));
  for (const request of await connection.requests(paths.length)) await connection.reply(request);
  await Promise.all(replies);
  connection.close();
  const again = await server.establish();
  for (let count = 0; count < paths.length; count++) await again.answer("setWatches");
  await reached(zk, "connected");
});

Deno.test("credentials are sent on each connection, before anything else", sanitized, async () => {
  await using server = FakeServer.start();
  await using started = startSession(server, {
    authentications: [digestAuthentication("bob", "pass"), digestAuthentication("eve", "word")],
  });
  const { zk } = started;
  const waiting = zk.getData("/a", { watch: () => {} });
  const first = await server.establish();
  for (const credentials of ["bob:pass", "eve:word"]) {
    const request = await first.request();
    assert.deepEqual([request.operation, request.xid], ["auth", -4]);
    assert.equal(request.body.scheme, "digest");
    assert.equal(new TextDecoder().decode(request.body.credentials), credentials);
    assert.equal(first.requestsLeft, 0, "one after the other");
    await first.reply(request);
  }
  await first.answer("getData");
  await waiting;
  first.close();
  const second = await server.establish();
  await second.answer("auth");
  await second.answer("auth");
  await second.answer("setWatches");
  await reached(zk, "connected");
});

Deno.test("a server that goes away while a session authenticates is left", sanitized, async () => {
  await using server = FakeServer.start();
  await using started = startSession(server, {
    authentications: [digestAuthentication("bob", "pass")],
  });
  const first = await server.establish();
  await first.request();
  first.close();
  const second = await server.establish();
  await second.answer("auth");
  await reached(started.zk, "connected");
});

Deno.test(
  "an authentication that never ends does not outlive its connection",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    const authentication = { authenticate: () => new Promise<void>(() => {}) };
    await using started = startSession(server, { authentications: [authentication] });
    const connection = await server.establish();
    connection.close();
    await server.establish();
    await started.zk.close();
    assert.equal(started.zk.state.kind, "closed");
  },
);

Deno.test("a server that falls silent while a session authenticates is left", async () => {
  await using server = FakeServer.start();
  await using started = startSession(server, {
    authentications: [digestAuthentication("bob", "pass")],
  });
  const first = await server.establish({ timeoutMs: 60 });
  first.answersPings = false;
  await first.request();
  const second = await server.establish();
  await second.answer("auth");
  await reached(started.zk, "connected");
});

Deno.test("an authentication that fails is final", sanitized, async () => {
  await using server = FakeServer.start();
  await using started = startSession(server, {
    authentications: [digestAuthentication("bob", "wrong")],
  });
  const { zk } = started;
  const refused = (error: Error) =>
    isZkError(error, "AuthFailed") && isZkError(error.cause, "AuthFailed");
  const waiting = [
    assert.rejects(zk.getData("/a"), refused),
    assert.rejects(zk.connected({ signal: signal() }), refused),
  ];
  const connection = await server.establish();
  await connection.answer("auth", { error: -115 });
  const state = await reached(zk, "auth-failed");
  assert.ok(isZkError(state.cause, "AuthFailed"));
  await Promise.all(waiting);
  await connection.ended;
  await assert.rejects(zk.getData("/a"), refused);
  assert.equal(server.acceptedCount, 1);
});

for (
  const [what, response] of [
    ["a timeout of 0", { timeoutMs: 0, sessionId: 0n }],
    ["another session", { sessionId: 0x9999n }],
  ] as const
) {
  Deno.test(`${what} on a reconnect ends the session for all who wait`, sanitized, async () => {
    await using server = FakeServer.start();
    await using opened = await openSession(server);
    const { zk, connection } = opened;
    const { id } = zk.credentials;
    const told: WatchEvent[] = [];
    const reply = zk.getData("/w", { watch: (event) => told.push(event) });
    await connection.answer("getData");
    await reply;
    connection.close();
    await reached(zk, "suspended");
    const waiting = assert.rejects(
      zk.getData("/a"),
      (error) => error instanceof ZkError && error.code === "SessionExpired",
    );
    const again = await server.establish(response);
    await waiting;
    assert.deepEqual(zk.state, { kind: "expired", sessionId: id });
    assert.deepEqual(told, [{ kind: "sessionEnded", path: "/w" }]);
    await again.ended;
    await assert.rejects(zk.getData("/a"), (error) => isZkError(error, "SessionExpired"));
    assert.equal(server.acceptedCount, 2);
  });
}
