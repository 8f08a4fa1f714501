import assert from "node:assert/strict";
import { isZkError, type WatchEvent } from "../../../src/zookeeper/mod.ts";
import { SilentServer } from "../../support/silent_server.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { reached, traceStates } from "../../unit/zookeeper/session_trace.ts";
import { bound, bytes, newRoot, open, shared } from "./clients.ts";

let server: ZooKeeperServer;
Deno.test.beforeAll(async () => {
  server = await ZooKeeperServer.start();
});
Deno.test.afterAll(() => server[Symbol.asyncDispose]());

/** A client behind a proxy, another beside it, and a root for both. */
async function openBoth(options: { sessionTimeoutMs?: number } = {}) {
  const root = await newRoot(server.address);
  const stack = new AsyncDisposableStack();
  const proxy = stack.use(TcpProxy.start({ target: server.address }));
  const other = stack.use(await open(`${server.address}${root}`));
  const zk = stack.use(await open(`${proxy.address}${root}`, { closeTimeoutMs: 100, ...options }));
  return { proxy, zk, other, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("connect() opens a session that close() ends at once", shared, async () => {
  const root = await newRoot(server.address);
  await using other = await open(`${server.address}${root}`);
  const zk = await open(`${server.address}${root}`);
  const states = traceStates(zk);
  await zk.create("/e", bytes("x"), { mode: "ephemeral" });
  const gone = Promise.withResolvers<WatchEvent>();
  assert.equal(
    (await other.exists("/e", { watch: gone.resolve }))?.ephemeralOwner,
    zk.credentials.id,
  );
  await zk.close();
  assert.equal((await gone.promise).kind, "deleted");
  assert.deepEqual(states, ["connected", "closed"]);
});

Deno.test(
  "the server clamps the timeout, and the client uses what was granted",
  shared,
  async () => {
    await using zk = await open(server.address, { sessionTimeoutMs: 60_000 });
    assert.equal(zk.state.kind === "connected" && zk.state.negotiatedTimeoutMs, 10_000);
  },
);

Deno.test("a session outlives its connection, and so do its ephemeral nodes", shared, async () => {
  await using both = await openBoth();
  const { zk, other, proxy } = both;
  const states = traceStates(zk);
  const { id } = zk.credentials;
  await zk.create("/e", bytes("x"), { mode: "ephemeral" });
  proxy.cutConnections();
  await reached(zk, "suspended");
  await reached(zk, "connected");
  assert.equal(zk.credentials.id, id);
  assert.equal((await other.exists("/e"))?.ephemeralOwner, id);
  await zk.setData("/e", bytes("y"), { signal: bound() });
  assert.deepEqual(states, ["connected", "suspended", "connected"]);
});

Deno.test(
  "a session can be taken over, and be closed, by who has its credentials",
  shared,
  async () => {
    await using both = await openBoth();
    const { zk, other, proxy } = both;
    await zk.create("/e", bytes("x"), { mode: "ephemeral" });
    const gone = Promise.withResolvers<WatchEvent>();
    await other.exists("/e", { watch: gone.resolve });
    await proxy.setMode("refuse");
    proxy.cutConnections();
    await reached(zk, "suspended");

    const heir = await open(server.address, { credentials: zk.credentials });
    assert.equal(heir.credentials.id, zk.credentials.id);
    await heir.close();
    assert.equal((await gone.promise).kind, "deleted");

    const waiting = assert.rejects(
      zk.getData("/", { signal: bound() }),
      (error) => isZkError(error, "SessionExpired"),
    );
    await proxy.setMode("pass");
    await waiting;
    assert.equal(zk.state.kind, "expired");
  },
);

Deno.test(
  "a session that was cut off too long is over, and only the server says so",
  shared,
  async () => {
    await using both = await openBoth({ sessionTimeoutMs: 1000 });
    const { zk, other, proxy } = both;
    await zk.create("/e", bytes("x"), { mode: "ephemeral" });
    const told: WatchEvent[] = [];
    await zk.getData("/e", { watch: (event) => told.push(event) });
    const gone = Promise.withResolvers<WatchEvent>();
    await other.exists("/e", { watch: gone.resolve });
    await proxy.setMode("drop");
    await gone.promise;
    assert.equal(zk.state.kind, "suspended");
    assert.deepEqual(told, []);
    proxy.cutConnections();
    await proxy.setMode("pass");
    await reached(zk, "expired");
    assert.deepEqual(told, [{ kind: "sessionEnded", path: "/e" }]);
  },
);

Deno.test(
  "connect() with an unknown session or a wrong password is an expired session",
  shared,
  async () => {
    await using zk = await open(server.address);
    const { id, password } = zk.credentials;
    for (
      const credentials of [
        { id: id + 1n, password },
        { id, password: new Uint8Array(16) },
      ]
    ) {
      await assert.rejects(
        open(server.address, { credentials }),
        (error) => isZkError(error, "SessionExpired"),
      );
    }
    // The server cut the owner off when the wrong password came, and took it back.
    await until(() => zk.exists("/", { signal: bound() }), (stat) => stat !== undefined);
    assert.equal(zk.credentials.id, id);
  },
);

Deno.test("a server that accepts and never answers does not hold the client", shared, async () => {
  await using silent = SilentServer.start();
  const address = `${silent.address},${server.address}`;
  // The order is random; ten sessions without the silent one would be one in a thousand.
  for (let round = 0; round < 10 && silent.acceptedCount === 0; round++) {
    await using zk = await open(address, { connectTimeoutMs: 200 });
    await zk.exists("/");
  }
  assert.ok(silent.acceptedCount > 0);
});

for (const mode of ["drop", "hold-requests", "hold-replies"] as const) {
  Deno.test(`a link in mode ${mode} is noticed before the session is over`, shared, async () => {
    await using both = await openBoth({ sessionTimeoutMs: 3000 });
    const { zk, proxy } = both;
    const { id } = zk.credentials;
    await zk.exists("/");
    const brokenAt = performance.now();
    await proxy.setMode(mode);
    const unknown = assert.rejects(
      zk.setData("/", bytes(mode)),
      (error) => isZkError(error, "ConnectionLoss"),
    );
    await reached(zk, "suspended");
    const noticedMs = performance.now() - brokenAt;
    assert.ok(noticedMs > 1000 && noticedMs < 3000, `${noticedMs} ms`);
    await unknown;
    await proxy.setMode("pass");
    await reached(zk, "connected");
    assert.equal(zk.credentials.id, id);
  });
}

Deno.test("close() behind a dead link ends within its limit", shared, async () => {
  await using both = await openBoth();
  await both.proxy.setMode("drop");
  const startedAt = performance.now();
  await both.zk.close({ limitMs: 100 });
  assert.ok(performance.now() - startedAt < 2000);
  assert.equal(both.zk.state.kind, "closed");
});
