import assert from "node:assert/strict";
import { Connection, nextXid, type Notification } from "../../../src/zookeeper/connection.ts";
import { isZkError, type ZkErrorCode } from "../../../src/zookeeper/errors.ts";
import type { Call } from "../../../src/zookeeper/pending_calls.ts";
import { SpecialXid } from "../../../src/zookeeper/wire/constants.ts";
import { operations } from "../../../src/zookeeper/wire/operations.ts";
import { FakeServer } from "./fake_server.ts";
import { eventFrame, replyFrame, STAT } from "./frames.ts";

const sanitized = { sanitizeOps: true, sanitizeResources: true };
const REQUEST = {
  protocolVersion: 0,
  lastZxidSeen: 0n,
  timeoutMs: 10_000,
  sessionId: 0n,
  password: new Uint8Array(16),
  isReadOnlyAllowed: false,
};
const LIMITS = { maxRequestBytes: 1000, maxResponseBytes: 1000 };

/** A connection that never came to the handshake, and what it was told. */
async function newConnection(server: FakeServer) {
  const notifications: Notification[] = [];
  const connection = new Connection(await Deno.connect({ port: server.port }), {
    server: { hostname: "127.0.0.1", port: server.port },
    limits: LIMITS,
    lastZxid: 5n,
    onNotification: (notification) => notifications.push(notification),
  });
  return {
    connection,
    notifications,
    [Symbol.dispose]: () => connection.end(new Error("end of test")),
  };
}

/** A connection in use, and the server's end of it. */
async function openConnection(server: FakeServer, options: { timeoutMs?: number } = {}) {
  const opened = await newConnection(server);
  const [response, fake] = await Promise.all([
    opened.connection.handshake(REQUEST, AbortSignal.timeout(5000)),
    server.establish(options),
  ]);
  opened.connection.start(response.timeoutMs);
  return { ...opened, fake };
}

function getData(path: string): Call<{ path: string; watch: boolean }, unknown> {
  return { operation: operations.getData, body: { path, watch: false }, path };
}

function failsWith(code: ZkErrorCode): (error: unknown) => boolean {
  return (error) => isZkError(error, code);
}

Deno.test("nextXid() counts up, and never below zero", () => {
  assert.equal(nextXid(1), 2);
  assert.equal(nextXid(0x7ffffffe), 0x7fffffff);
  assert.equal(nextXid(0x7fffffff), 1);
});

Deno.test("handshake() sends the request and gives the answer", sanitized, async () => {
  await using server = FakeServer.start();
  using opened = await newConnection(server);
  const handshake = opened.connection.handshake(REQUEST, AbortSignal.timeout(5000));
  const fake = await server.establish({ timeoutMs: 4000, sessionId: -5n });
  assert.deepEqual(await fake.connectRequest, REQUEST);
  const response = await handshake;
  assert.deepEqual([response.timeoutMs, response.sessionId], [4000, -5n]);
});

Deno.test("handshake() says why a server may close without an answer", sanitized, async () => {
  await using server = FakeServer.start();
  using opened = await newConnection(server);
  const handshake = opened.connection.handshake(REQUEST, AbortSignal.timeout(5000));
  const fake = await server.accept();
  await fake.connectRequest;
  fake.close();
  await assert.rejects(handshake, /without an answer: .*quorum.*behind zxid 0x5/);
});

Deno.test("handshake() ends with the signal and closes the socket", sanitized, async () => {
  await using server = FakeServer.start();
  using opened = await newConnection(server);
  const controller = new AbortController();
  const handshake = opened.connection.handshake(REQUEST, controller.signal);
  const fake = await server.accept();
  await fake.connectRequest;
  controller.abort(new Error("stop"));
  await assert.rejects(handshake, /stop/);
  await fake.ended;
});

Deno.test("handshake() refuses what is not ZooKeeper", sanitized, async () => {
  await using server = FakeServer.start();
  using opened = await newConnection(server);
  const handshake = opened.connection.handshake(REQUEST, AbortSignal.timeout(5000));
  const fake = await server.accept();
  await fake.send(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await assert.rejects(handshake, /Cannot take frame/);
  await fake.ended;
});

Deno.test("call() sends requests in the order in which they are made, numbered from 1", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const { connection, fake } = opened;
  const replies = ["/a", "/b", "/c"].map((path) => connection.call(getData(path)));
  const requests = await fake.requests(3);
  assert.deepEqual(requests.map(({ xid, body }) => [xid, body.path]), [[1, "/a"], [2, "/b"], [
    3,
    "/c",
  ]]);
  await fake.send(...requests.map((request) => replyFrame(request)));
  assert.equal((await Promise.all(replies)).length, 3);
});

Deno.test("call() fails with the server's code, known or not", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const { connection, fake } = opened;
  const failures = [connection.call(getData("/a")), connection.call(getData("/b"))];
  await fake.answer("getData", { error: -101 });
  await fake.answer("getData", { error: -999 });
  await assert.rejects(failures[0]!, failsWith("NoNode"));
  await assert.rejects(failures[1]!, failsWith("Unknown(-999)"));
});

Deno.test("a reply that the session has moved ends the connection: only the next one has it back", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const { connection, fake } = opened;
  const pending = ["/a", "/b"].map((path) => connection.call(getData(path)));
  await fake.answer("getData", { error: -118 });
  for (const each of pending) await assert.rejects(each, failsWith("ConnectionLoss"));
  assert.match((await connection.ended).message, /says that the session has moved/);
  await fake.ended;
});

Deno.test("a reply with the wrong xid ends the connection and fails all requests", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const { connection, fake } = opened;
  const pending = ["/a", "/b"].map((path) => connection.call(getData(path)));
  const [first] = await fake.requests(2);
  await fake.reply(first!, { xid: 2 });
  for (const each of pending) await assert.rejects(each, failsWith("ConnectionLoss"));
  assert.match((await connection.ended).message, /xid 2 came, 1 was due/);
  await fake.ended;
});

for (const xid of [0, 1, 99, SpecialXid.auth, SpecialXid.setWatches, -3]) {
  Deno.test(`a reply with xid ${xid} that nobody waits for ends the connection`, async () => {
    await using server = FakeServer.start();
    using opened = await openConnection(server);
    await opened.fake.send(replyFrame({ xid, operation: "delete", body: {} }));
    assert.match((await opened.connection.ended).message, /Cannot take reply/);
  });
}

Deno.test("replies to special packets come outside the order of requests", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const { connection, fake } = opened;
  const ordinary = connection.call(getData("/a"));
  const auth = connection.call({
    operation: operations.auth,
    body: { type: 0, scheme: "digest", credentials: new Uint8Array() },
    specialXid: SpecialXid.auth,
  });
  const [first, second] = await fake.requests(2);
  assert.equal(second!.xid, SpecialXid.auth);
  await fake.reply(second!);
  await auth;
  await fake.reply(first!);
  await ordinary;
});

Deno.test("onReply runs before what lies behind the reply is read", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const { connection, fake, notifications } = opened;
  const seen: [number, number][] = [];
  const reply = connection.call({
    ...getData("/a"),
    onReply: (error) => seen.push([error, notifications.length]),
  });
  const request = await fake.request();
  await fake.send(replyFrame(request), eventFrame(3, "/a"));
  await reply;
  assert.deepEqual(seen, [[0, 0]]);
  await fake.send(replyFrame({ xid: 0, operation: "delete", body: {} }));
  await connection.ended;
  assert.deepEqual(notifications.map(({ type, path }) => [type, path]), [[3, "/a"]]);
});

Deno.test("call() refuses a request that is too large, and the connection goes on", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const { connection, fake } = opened;
  // xid, operation, length of the path, and the watch flag stand beside the path.
  const overhead = 4 + 4 + 4 + 1;
  const longest = getData("/".padEnd(LIMITS.maxRequestBytes - overhead, "x"));
  const tooLong = getData("/".padEnd(LIMITS.maxRequestBytes - overhead + 1, "x"));
  await assert.rejects(connection.call(tooLong), failsWith("RequestTooLarge"));
  const taken = connection.call(longest);
  const request = await fake.answer("getData");
  assert.equal(request.body.path.length, LIMITS.maxRequestBytes - overhead);
  await taken;
});

Deno.test("a reply that is too large fails its request, and the others as unknown", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const { connection, fake } = opened;
  const pending = ["/large", "/other"].map((path) => connection.call(getData(path)));
  const [first] = await fake.requests(2);
  const frame = replyFrame(first!, { answer: { data: new Uint8Array(1000), stat: STAT } });
  await fake.send(frame.subarray(0, 100));
  await assert.rejects(pending[0]!, failsWith("ResponseTooLarge"));
  await assert.rejects(pending[1]!, failsWith("ConnectionLoss"));
});

Deno.test("an event that is too large ends the connection and blames no request", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const pending = opened.connection.call(getData("/a"));
  await opened.fake.request();
  await opened.fake.send(eventFrame(3, "/".padEnd(1000, "x")));
  await assert.rejects(pending, failsWith("ConnectionLoss"));
});

Deno.test("a reply that cannot be read fails its request and ends the connection", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const { connection, fake } = opened;
  const pending = ["/a", "/b"].map((path) => connection.call(getData(path)));
  const [first] = await fake.requests(2);
  // The answer to a delete is a header without a body.
  await fake.send(replyFrame({ ...first!, operation: "delete" }));
  await assert.rejects(pending[0]!, failsWith("MarshallingError"));
  await assert.rejects(pending[1]!, failsWith("ConnectionLoss"));
  await fake.ended;
});

Deno.test("a frame without a whole header ends the connection", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  await opened.fake.send(new Uint8Array([0, 0, 0, 2, 0, 0]));
  assert.match((await opened.connection.ended).message, /Cannot decode record/);
});

Deno.test("end() fails what is under way and what comes later, with the reason", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const { connection } = opened;
  const order: string[] = [];
  const reason = new Error("enough");
  const pending = connection.call(getData("/a"));
  const ended = connection.ended.then(() => order.push("ended"));
  const failed = pending.catch(() => order.push("failed"));
  connection.end(reason);
  connection.end(new Error("too late"));
  await Promise.all([ended, failed]);
  assert.deepEqual(order, ["ended", "failed"]);
  assert.equal(await connection.ended, reason);
  for (const call of [pending, connection.call(getData("/b"))]) {
    await assert.rejects(call, (error: Error) => {
      assert.ok(isZkError(error, "ConnectionLoss"));
      return error.cause === reason;
    });
  }
});

Deno.test("lastZxid grows with ordinary replies alone", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server);
  const { connection, fake } = opened;
  assert.equal(connection.lastZxid, 5n);
  const read = async (zxid: bigint) => {
    const reply = connection.call(getData("/a"));
    await fake.answer("getData", { zxid });
    await reply;
    return connection.lastZxid;
  };
  assert.equal(await read(9n), 9n);
  assert.equal(await read(7n), 9n, "never back");
  assert.equal(await read(-1n), 9n);
  await fake.send(replyFrame({ xid: SpecialXid.ping, operation: "ping", body: {} }, { zxid: 50n }));
  await fake.send(eventFrame(3, "/a"));
  const auth = connection.call({
    operation: operations.auth,
    body: { type: 0, scheme: "digest", credentials: null },
    specialXid: SpecialXid.auth,
  });
  await fake.answer("auth", { zxid: 60n });
  await auth;
  assert.equal(await read(10n), 10n);
});
