import assert from "node:assert/strict";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { failedAttempts, reached } from "../../unit/zookeeper/session_trace.ts";
import type { SessionEvent, ZooKeeper } from "../../../src/zookeeper/mod.ts";
import { bound, bytes, newRoot, open, shared } from "./clients.ts";

const SESSION_TIMEOUT_MS = 2000;

let server: ZooKeeperServer;
Deno.test.beforeAll(async () => {
  server = await ZooKeeperServer.start();
});
Deno.test.afterAll(() => server[Symbol.asyncDispose]());

interface Owner extends AsyncDisposable {
  zk: ZooKeeper;
  events: SessionEvent[];
  /** Its ephemeral node. */
  path: string;
}

/** A session with an ephemeral node, behind a proxy. */
async function openOwner(proxy: TcpProxy): Promise<Owner> {
  const events: SessionEvent[] = [];
  const path = `${await newRoot(server.address)}/owned`;
  const zk = await open(proxy.address, {
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    closeTimeoutMs: 500,
    onEvent: (event) => events.push(event),
  });
  await zk.create(path, bytes("x"), { mode: "ephemeral", signal: bound() });
  return { zk, events, path, [Symbol.asyncDispose]: () => zk.close() };
}

Deno.test(
  "a session whose requests get through, but no answer, is over after its timeout",
  shared,
  async () => {
    await using proxy = TcpProxy.start({ target: server.address });
    await using observer = await open(server.address);
    await using owner = await openOwner(proxy);
    const { zk, path } = owner;
    await proxy.setMode("hold-replies");
    zk.reconnect(new Error("no answer came"));
    await until(() => observer.exists(path, { signal: bound() }), (stat) => stat === undefined, {
      limitMs: 5 * SESSION_TIMEOUT_MS,
    });
    assert.equal(zk.state.kind, "suspended");
    await proxy.setMode("pass");
    await reached(zk, "expired");
  },
);

Deno.test(
  "a session outlives attempts to come back that a frozen server did not answer",
  shared,
  async () => {
    await using proxy = TcpProxy.start({ target: server.address });
    await using owner = await openOwner(proxy);
    const { zk, events, path } = owner;
    const { id } = zk.credentials;
    server.freeze();
    zk.reconnect(new Error("no answer came"));
    await until(() => failedAttempts(events).length, (count) => count >= 3);
    server.thaw();
    await reached(zk, "connected");
    assert.equal(zk.credentials.id, id);
    assert.equal((await zk.exists(path, { signal: bound() }))?.ephemeralOwner, id);
  },
);
