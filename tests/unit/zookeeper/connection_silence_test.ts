import assert from "node:assert/strict";
import { Connection } from "../../../src/zookeeper/connection.ts";
import { timingOf } from "../../../src/zookeeper/timing.ts";
import { operations } from "../../../src/zookeeper/wire/operations.ts";
import { FakeServer } from "./fake_server.ts";

const sanitized = { sanitizeOps: true, sanitizeResources: true };
const REQUEST = {
  protocolVersion: 0,
  lastZxidSeen: 0n,
  timeoutMs: 10_000,
  sessionId: 0n,
  password: new Uint8Array(16),
  isReadOnlyAllowed: false,
};

async function openConnection(server: FakeServer, timeoutMs: number) {
  const connection = new Connection(await Deno.connect({ port: server.port }), {
    server: { hostname: "127.0.0.1", port: server.port },
    limits: { maxRequestBytes: 1000, maxResponseBytes: 1000 },
    lastZxid: 0n,
    onNotification: () => {},
  });
  const [, fake] = await Promise.all([
    connection.handshake(REQUEST, AbortSignal.timeout(5000)),
    server.establish(),
  ]);
  connection.start(timeoutMs);
  return { connection, fake, [Symbol.dispose]: () => connection.end(new Error("end of test")) };
}

Deno.test(
  "a connection pings when it has nothing to say, and no more often",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    const startedAt = performance.now();
    using opened = await openConnection(server, 60);
    for (let count = 0; count < 3; count++) await opened.fake.pings.next();
    assert.ok(performance.now() - startedAt >= 2 * timingOf(60).pingAfterMs);
  },
);

Deno.test(
  "a connection gives up a server that is silent for its read timeout",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    const startedAt = performance.now();
    using opened = await openConnection(server, 90);
    opened.fake.answersPings = false;
    const reason = await opened.connection.ended;
    assert.match(reason.message, /^Server 127\.0\.0\.1:\d+ was silent for \d+ ms$/);
    assert.ok(performance.now() - startedAt >= timingOf(90).readTimeoutMs);
    assert.ok(opened.fake.pings.count > 0, "it asked before");
    await opened.fake.ended;
  },
);

Deno.test("a connection pings although the server keeps talking", sanitized, async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server, 90);
  opened.fake.answersPings = false;
  let hasPing = false;
  const pinged = opened.fake.pings.next().then(() => {
    hasPing = true;
  });
  // What comes in keeps the server alive for us, and says nothing to the server about us.
  while (!hasPing) {
    await opened.fake.notify(3, "/a");
    await new Promise((resolve) => setTimeout(resolve));
  }
  await pinged;
});

Deno.test("a connection does not ping while requests are sent often enough", async () => {
  await using server = FakeServer.start();
  using opened = await openConnection(server, 120);
  const { connection, fake } = opened;
  const { pingAfterMs } = timingOf(120);
  const until = performance.now() + 2 * pingAfterMs;
  let gaps = 0;
  for (let sentAt = performance.now(); sentAt < until;) {
    const reply = connection.call({
      operation: operations.getData,
      body: { path: "/a", watch: false },
    });
    await fake.answer("getData");
    await reply;
    // On a machine that stalls, a ping in the gap is right.
    if (performance.now() - sentAt >= pingAfterMs - 1) gaps++;
    sentAt = performance.now();
  }
  assert.ok(fake.pings.count <= gaps, `${fake.pings.count} pings, ${gaps} gaps`);
});

Deno.test(
  "a connection outlives its read timeout while pings are answered",
  sanitized,
  async () => {
    await using server = FakeServer.start();
    using opened = await openConnection(server, 90);
    const startedAt = performance.now();
    let end: Error | undefined;
    opened.connection.ended.then((reason) => end = reason);
    while (performance.now() - startedAt < 2 * timingOf(90).readTimeoutMs) {
      await opened.fake.pings.next();
    }
    assert.equal(end, undefined);
  },
);
