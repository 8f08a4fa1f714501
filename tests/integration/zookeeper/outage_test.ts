import assert from "node:assert/strict";
import { connect, isZkError, untilAnswered } from "../../../src/zookeeper/mod.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { reached, traceStates } from "../../unit/zookeeper/session_trace.ts";
import { bound, bytes, open, shared } from "./clients.ts";

let server: ZooKeeperServer;
Deno.test.beforeAll(async () => {
  server = await ZooKeeperServer.start();
});
Deno.test.afterAll(() => server[Symbol.asyncDispose]());

Deno.test("a frozen server is noticed in two thirds of the session timeout", shared, async () => {
  await using zk = await open(server.address, { sessionTimeoutMs: 3000, closeTimeoutMs: 1000 });
  const { id } = zk.credentials;
  await zk.create("/frozen", bytes("x"), { mode: "ephemeral" });
  const frozenAt = performance.now();
  server.freeze();
  await reached(zk, "suspended");
  const noticedMs = performance.now() - frozenAt;
  server.thaw();
  // The last word of the server may be older than the frost by one ping.
  assert.ok(noticedMs > 900 && noticedMs < 3000, `${noticedMs} ms`);
  await reached(zk, "connected");
  assert.equal(zk.credentials.id, id);
  assert.equal((await zk.exists("/frozen", { signal: bound() }))?.ephemeralOwner, id);
});

Deno.test(
  "a session survives the restart of its server, with its nodes and watches",
  shared,
  async () => {
    await using zk = await open(server.address, { sessionTimeoutMs: 10_000 });
    const { id } = zk.credentials;
    const states = traceStates(zk);
    await zk.create("/kept", bytes("x"), { mode: "ephemeral" });
    const changed = Promise.withResolvers<unknown>();
    await zk.getData("/kept", { watch: changed.resolve });
    await server.kill();
    await reached(zk, "suspended");
    const reading = untilAnswered(() => zk.getData("/kept", { signal: bound() }), {
      signal: bound(),
    });
    await server.restart();
    const { data, stat } = await reading;
    assert.equal(stat.ephemeralOwner, id);
    assert.deepEqual(data, bytes("x"));
    assert.deepEqual(states, ["connected", "suspended", "connected"]);
    await zk.setData("/kept", bytes("y"));
    assert.deepEqual(await changed.promise, { kind: "dataChanged", path: "/kept" });
  },
);

Deno.test("connect() gives up with its signal when nobody answers", shared, async () => {
  await server.stop();
  const signal = AbortSignal.timeout(300);
  await assert.rejects(connect(server.address, { signal }), { name: "TimeoutError" });
  await server.restart();
});

Deno.test("a write under way when the server dies has an unknown outcome", shared, async () => {
  await using zk = await open(server.address, { sessionTimeoutMs: 10_000 });
  await zk.create("/unknown", bytes("0"));
  server.freeze();
  const write = assert.rejects(
    zk.setData("/unknown", bytes("1")),
    (error) => isZkError(error, "ConnectionLoss"),
  );
  await server.kill();
  await write;
  await server.restart();
  const { data } = await zk.getData("/unknown", { signal: bound() });
  assert.ok(["0", "1"].includes(new TextDecoder().decode(data)));
});
