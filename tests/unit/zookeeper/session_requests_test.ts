import assert from "node:assert/strict";
import { isZkError, type ZkErrorCode } from "../../../src/zookeeper/mod.ts";
import { FakeServer } from "./fake_server.ts";
import { replyFrame, STAT } from "./frames.ts";
import { openSession, startSession } from "./opened_session.ts";
import { reached } from "./session_trace.ts";

const sanitized = { sanitizeOps: true, sanitizeResources: true };

function failsWith(code: ZkErrorCode): (error: unknown) => boolean {
  return (error) => isZkError(error, code);
}

Deno.test("requests that wait for a connection leave in their order", sanitized, async () => {
  await using server = FakeServer.start();
  await using started = startSession(server);
  const { zk } = started;
  const paths = ["/a", "/b", "/c", "/d"];
  const replies = paths.map((path, index) =>
    zk.getData(path, index % 2 === 0 ? {} : { signal: AbortSignal.timeout(5000) })
  );
  const connection = await server.establish();
  const requests = await connection.requests(paths.length);
  assert.deepEqual(requests.map(({ body }) => body.path), paths);
  for (const request of requests) await connection.reply(request);
  await Promise.all(replies);
});

Deno.test(
  "a request that waits for a connection ends with its signal, unsent",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    await using started = startSession(server);
    const { zk } = started;
    const controller = new AbortController();
    const aborted = zk.getData("/aborted", { signal: controller.signal });
    const other = zk.getData("/other");
    controller.abort(new Error("stop"));
    await assert.rejects(aborted, /stop/);
    const connection = await server.establish();
    const request = await connection.answer("getData");
    assert.equal(request.body.path, "/other");
    await other;
    assert.equal(connection.requestsLeft, 0);
  },
);

Deno.test("a request with an aborted signal is not sent", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const aborted = AbortSignal.abort(new Error("stop"));
  await assert.rejects(zk.getData("/aborted", { signal: aborted }), /stop/);
  const reply = zk.getData("/other");
  assert.equal((await connection.answer("getData")).body.path, "/other");
  await reply;
});

Deno.test(
  "a request waits for a connection no longer than the session timeout",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    await using started = startSession(server, { sessionTimeoutMs: 40 });
    const startedAt = performance.now();
    await assert.rejects(started.zk.getData("/a"), (error: Error) => {
      assert.match(error.message, /not sent: no connection for 40 ms/);
      return isZkError(error, "ConnectionLoss");
    });
    assert.ok(performance.now() - startedAt >= 39);
  },
);

Deno.test("a request waits no longer than the timeout that was negotiated", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, {
    sessionTimeoutMs: 60_000,
    response: { timeoutMs: 40 },
  });
  opened.connection.close();
  await reached(opened.zk, "suspended");
  const reply = opened.zk.getData("/a", { signal: AbortSignal.timeout(5000) });
  await assert.rejects(reply, /not sent: no connection for 40 ms/);
});

Deno.test("the reply to an aborted request does not upset the order", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const controller = new AbortController();
  const aborted = zk.getData("/aborted", { signal: controller.signal });
  const other = zk.getData("/other");
  const [first, second] = await connection.requests(2);
  controller.abort(new Error("stop"));
  await assert.rejects(aborted, /stop/);
  await connection.send(
    replyFrame(first!, { answer: { data: new Uint8Array([1]), stat: STAT } }),
    replyFrame(second!, { answer: { data: new Uint8Array([2]), stat: STAT } }),
  );
  assert.deepEqual((await other).data, new Uint8Array([2]));
  assert.equal(zk.state.kind, "connected");
});

Deno.test("an aborted request that fails later disturbs nobody", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const controller = new AbortController();
  const aborted = zk.getData("/aborted", { signal: controller.signal });
  await connection.request();
  controller.abort(new Error("stop"));
  await assert.rejects(aborted, /stop/);
  // An unhandled rejection would end the test run.
  connection.close();
  await server.establish();
  await reached(zk, "connected");
});

Deno.test("a reply that is too large fails its request, and the session goes on", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, { maxResponseBytes: 1000 });
  const { zk, connection } = opened;
  const reply = zk.getData("/large");
  const request = await connection.request();
  await connection.reply(request, { answer: { data: new Uint8Array(1000), stat: STAT } });
  await assert.rejects(reply, failsWith("ResponseTooLarge"));
  const again = await server.establish();
  const next = zk.getData("/small");
  await again.answer("getData");
  await next;
  assert.equal((await again.connectRequest).sessionId, zk.credentials.id);
});

Deno.test("a request that is too large is refused here, and the connection stays", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, { maxRequestBytes: 1000 });
  const { zk, connection } = opened;
  await assert.rejects(zk.setData("/a", new Uint8Array(1000)), failsWith("RequestTooLarge"));
  const next = zk.getData("/a");
  await connection.answer("getData");
  await next;
  assert.equal(server.acceptedCount, 1);
});

Deno.test("an error of one request leaves the others alone", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const [missing, present] = [zk.getData("/missing"), zk.getData("/present")];
  await connection.answer("getData", { error: -101 });
  await connection.answer("getData");
  await assert.rejects(missing, failsWith("NoNode"));
  await present;
});
