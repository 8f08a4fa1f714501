import assert from "node:assert/strict";
import { openTcpSocket } from "../../../src/zookeeper/mod.ts";
import { type FakeConnection, FakeServer } from "./fake_server.ts";
import { type OpenedSession, openSession, startSession } from "./opened_session.ts";
import { failedAttempts, reached } from "./session_trace.ts";

const sanitized = { sanitizeOps: true, sanitizeResources: true };
/** Long enough for an answer of this process while others keep the machine busy. */
const LIMIT = { connectTimeoutMs: 250 };
const OTHER_ID = 0x99n;

/** Lets go of the first connection, and leaves the attempt that follows without an answer. */
async function leaveUnanswered(server: FakeServer, { zk, connection }: OpenedSession) {
  connection.close();
  const attempt = await server.accept();
  assert.equal((await attempt.connectRequest).sessionId, zk.credentials.id);
  await attempt.ended;
}

/** Accepts an attempt that must be for a session of no use. */
async function acceptProbe(server: FakeServer): Promise<FakeConnection> {
  const probe = await server.accept();
  const { sessionId, password, timeoutMs } = await probe.connectRequest;
  assert.deepEqual({ sessionId, password }, { sessionId: 0n, password: new Uint8Array(16) });
  assert.equal(timeoutMs, 1, "the shortest that the server grants");
  return probe;
}

Deno.test(
  "an attempt that was not answered is the last that could renew the session, until another session is answered",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    await using opened = await openSession(server, LIMIT);
    const { zk } = opened;
    const { credentials } = zk;
    await leaveUnanswered(server, opened);
    for (let attempt = 0; attempt < 3; attempt++) await (await acceptProbe(server)).ended;
    assert.equal(zk.state.kind, "suspended");

    const probe = await server.establish({ sessionId: OTHER_ID });
    await probe.answer("closeSession");
    const again = await server.establish();
    const { sessionId: id, password } = await again.connectRequest;
    assert.deepEqual({ id, password }, credentials);
    await reached(zk, "connected");
    await probe.ended;
    assert.deepEqual(zk.credentials, credentials);
    assert.equal(failedAttempts(opened.events).length, 4);

    // It was answered: the next connection takes no such care.
    again.close();
    const next = await server.establish();
    assert.equal((await next.connectRequest).sessionId, credentials.id);
  },
);

Deno.test(
  "a session that ended meanwhile is told so once answers come back",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    await using opened = await openSession(server, LIMIT);
    await leaveUnanswered(server, opened);
    const probe = await server.establish({ sessionId: OTHER_ID });
    await probe.answer("closeSession");
    await server.establish({ timeoutMs: 0, sessionId: 0n });
    await reached(opened.zk, "expired");
  },
);

Deno.test(
  "a server that was left without an answer has the next one tried with care",
  sanitized,
  async () => {
    await using silent = FakeServer.start();
    await using good = FakeServer.start();
    await using started = startSession(`${good.address},${silent.address}`, LIMIT);
    const first = await good.establish();
    await reached(started.zk, "connected");
    first.close();
    await silent.accept();
    await (await good.establish({ sessionId: OTHER_ID })).answer("closeSession");
    await good.establish();
    await reached(started.zk, "connected");
  },
);

Deno.test(
  "an attempt that the server ended without an answer needs no such care",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    await using opened = await openSession(server, LIMIT);
    const { zk, connection } = opened;
    connection.close();
    for (let attempt = 0; attempt < 3; attempt++) {
      const refused = await server.accept();
      assert.equal((await refused.connectRequest).sessionId, zk.credentials.id);
      refused.close();
    }
    await server.establish();
    await reached(zk, "connected");
  },
);

Deno.test("an attempt whose socket did not open needs no such care", sanitized, async () => {
  await using server = FakeServer.start();
  let blocked = 0;
  await using opened = await openSession(server, {
    ...LIMIT,
    openSocket: (address, options) => {
      if (blocked === 0) return openTcpSocket(address, options);
      blocked--;
      return new Promise((_, reject) => {
        options.signal.addEventListener("abort", () => reject(options.signal.reason));
      });
    },
  });
  const { zk, connection } = opened;
  blocked = 2;
  connection.close();
  const again = await server.establish();
  assert.equal((await again.connectRequest).sessionId, zk.credentials.id);
  await reached(zk, "connected");
  assert.equal(failedAttempts(opened.events).length, 2);
});

Deno.test(
  "an address that gave no answer counts, although another of the name is refused",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    let addresses = ["127.0.0.1"];
    await using opened = await openSession(server, {
      connectTimeoutMs: 500,
      resolveHost: () => Promise.resolve(addresses),
    });
    // Nobody listens on the second.
    addresses = ["127.0.0.1", "127.0.0.2"];
    await leaveUnanswered(server, opened);
    await acceptProbe(server);
  },
);

Deno.test(
  "a new session is opened as it is, whether or not the last attempt was answered",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    await using started = startSession(server, { ...LIMIT, sessionTimeoutMs: 7000 });
    await (await server.accept()).ended;
    const again = await server.establish();
    assert.equal((await again.connectRequest).timeoutMs, 7000);
    await reached(started.zk, "connected");
  },
);

Deno.test(
  "a session of no use that the server does not end is left to expire",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    await using opened = await openSession(server, LIMIT);
    await leaveUnanswered(server, opened);
    const probe = await server.establish({ sessionId: OTHER_ID });
    await probe.request();
    await server.establish();
    await reached(opened.zk, "connected");
    await probe.ended;
  },
);

Deno.test("close() ends a session of no use that is under way", sanitized, async () => {
  await using server = FakeServer.start();
  await using opened = await openSession(server, LIMIT);
  await leaveUnanswered(server, opened);
  const probe = await acceptProbe(server);
  await opened.zk.close();
  await probe.ended;
  assert.equal(opened.zk.state.kind, "closed");
});
