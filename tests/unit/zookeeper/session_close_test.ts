import assert from "node:assert/strict";
import { orAborted } from "../../../src/zookeeper/deadline.ts";
import { isZkError, type WatchEvent } from "../../../src/zookeeper/mod.ts";
import { FakeServer } from "./fake_server.ts";
import { connectResponseFrame } from "./frames.ts";
import { openSession, startSession } from "./opened_session.ts";
import { reached, traceStates } from "./session_trace.ts";

const sanitized = { sanitizeOps: true, sanitizeResources: true };
const isClosed = (error: unknown) => isZkError(error, "SessionClosed");

Deno.test("close() tells the server and waits for its answer", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection, events } = opened;
  const states = traceStates(zk);
  const closing = zk.close({ limitMs: 5000 });
  const request = await connection.request();
  assert.equal(request.operation, "closeSession");
  assert.equal(zk.state.kind, "connected");
  await connection.reply(request);
  await closing;
  await connection.ended;
  assert.deepEqual(states, ["connected", "closed"]);
  assert.deepEqual(events.filter(({ kind }) => kind !== "state"), []);
});

Deno.test("close() passes from connected to closed when the server hangs up at once", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const states = traceStates(zk);
  const closing = zk.close({ limitMs: 5000 });
  await connection.answer("closeSession");
  connection.close();
  await closing;
  assert.deepEqual(states, ["connected", "closed"]);
});

Deno.test("a request that is made in the moment of the end knows of the end", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const late = Promise.withResolvers<unknown>();
  zk.onStateChange(() => zk.getData("/a").catch(late.resolve));
  const closing = zk.close({ limitMs: 5000 });
  await connection.answer("closeSession");
  assert.ok(isClosed(await late.promise), String(await late.promise));
  await closing;
});

Deno.test("close() lets the requests before it be answered", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const reply = zk.getData("/a");
  const closing = zk.close({ limitMs: 5000 });
  await connection.answer("getData");
  await connection.answer("closeSession");
  await reply;
  await closing;
});

Deno.test("close() does not wait for a silent server beyond its limit", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection, events } = opened;
  await zk.close({ limitMs: 20 });
  assert.equal(zk.state.kind, "closed");
  await connection.ended;
  const failure = events.find(({ kind }) => kind === "close-failed");
  assert.match(String(failure?.kind === "close-failed" && failure.error), /within 20 ms/);
});

Deno.test("close() while connecting gives up the attempt", sanitized, async () => {
  await using server = FakeServer.start();
  await using started = startSession(server);
  const connection = await server.accept();
  await connection.connectRequest;
  await started.zk.close({ limitMs: 5000 });
  assert.equal(started.zk.state.kind, "closed");
  await connection.ended;
});

Deno.test("close() before the first attempt makes none", sanitized, async () => {
  await using server = FakeServer.start();
  await using started = startSession(server);
  await started.zk.close({ limitMs: 5000 });
  assert.equal(server.acceptedCount, 0);
});

Deno.test("close() while suspended ends within its limit", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  opened.connection.close();
  await reached(opened.zk, "suspended");
  await opened.zk.close({ limitMs: 20 });
  assert.equal(opened.zk.state.kind, "closed");
});

Deno.test("close() while suspended tells the server once it is back", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  opened.connection.close();
  await reached(opened.zk, "suspended");
  const closing = opened.zk.close({ limitMs: 5000 });
  const again = await server.establish();
  await again.answer("closeSession");
  await closing;
});

Deno.test("close() tells another server when the first goes away under it", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection, events } = opened;
  const closing = zk.close({ limitMs: 5000 });
  await connection.request();
  connection.close();
  const again = await server.establish();
  await again.answer("closeSession");
  await closing;
  assert.equal(zk.state.kind, "closed");
  assert.equal(events.some(({ kind }) => kind === "close-failed"), false);
});

Deno.test("close() is done when the session turns out to be over", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection, events } = opened;
  const closing = zk.close({ limitMs: 5000 });
  await connection.request();
  connection.close();
  await server.establish({ timeoutMs: 0, sessionId: 0n });
  await closing;
  assert.equal(zk.state.kind, "expired");
  assert.equal(events.some(({ kind }) => kind === "close-failed"), false);
});

Deno.test("close() twice closes once", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  const { zk, connection } = opened;
  const closings = [zk.close({ limitMs: 5000 }), zk.close({ limitMs: 5000 })];
  await connection.answer("closeSession");
  await Promise.all(closings);
  await zk.close({ limitMs: 5000 });
  assert.equal(connection.requestsLeft, 0);
});

Deno.test("close() of an expired session says nothing to the server", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server);
  opened.connection.close();
  await server.establish({ timeoutMs: 0, sessionId: 0n });
  await reached(opened.zk, "expired");
  await opened.zk.close({ limitMs: 5000 });
  assert.equal(opened.zk.state.kind, "expired");
  assert.equal(server.acceptedCount, 2);
});

Deno.test("close() fails requests that wait for a connection, and those to come", async () => {
  await using server = FakeServer.start();
  await using started = startSession(server);
  const { zk } = started;
  const waiting = [
    assert.rejects(zk.getData("/a"), isClosed),
    assert.rejects(zk.getData("/b", { signal: AbortSignal.timeout(5000) }), isClosed),
    assert.rejects(zk.connected({ signal: AbortSignal.timeout(5000) }), isClosed),
  ];
  await zk.close();
  await Promise.all(waiting);
  await assert.rejects(zk.getData("/c"), isClosed);
  await assert.rejects(zk.connected({ signal: AbortSignal.timeout(5000) }), isClosed);
});

Deno.test("close() tells watchers that the session ended", async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, { chroot: "/app" });
  const { zk, connection } = opened;
  const told: WatchEvent[] = [];
  const reply = zk.getChildren("/w", { watch: (event) => told.push(event) });
  await connection.answer("getChildren2");
  await reply;
  await zk.close();
  assert.deepEqual(told, [{ kind: "sessionEnded", path: "/w" }]);
});

Deno.test("close() at any moment of the handshake leaves nothing open", sanitized, async () => {
  for (let turns = 0; turns < 30; turns++) {
    let isOpen = true;
    const answer = connectResponseFrame();
    const silence = Promise.withResolvers<null>();
    const reading = Promise.withResolvers<void>();
    let hasAnswered = false;
    await using started = startSession("127.0.0.1:1", {
      authentications: [{ authenticate: (channel) => channel.auth("digest", new Uint8Array()) }],
      openSocket: () =>
        Promise.resolve({
          read(into: Uint8Array): Promise<number | null> {
            if (hasAnswered) return silence.promise;
            hasAnswered = true;
            into.set(answer);
            reading.resolve();
            return Promise.resolve(answer.length);
          },
          write: (bytes: Uint8Array) => Promise.resolve(bytes.length),
          close() {
            isOpen = false;
            silence.resolve(null);
          },
        }),
    });
    await reading.promise;
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    await orAborted(started.zk.close(), AbortSignal.timeout(5000));
    assert.equal(isOpen, false, `closed ${turns} turns after the answer`);
  }
});
