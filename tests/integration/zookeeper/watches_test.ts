import assert from "node:assert/strict";
import { isZkError, type WatchEvent } from "../../../src/zookeeper/mod.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { reached } from "../../unit/zookeeper/session_trace.ts";
import { bytes, newRoot, open, shared } from "./clients.ts";

let server: ZooKeeperServer;
Deno.test.beforeAll(async () => {
  server = await ZooKeeperServer.start();
});
Deno.test.afterAll(() => server[Symbol.asyncDispose]());

/** A client behind a proxy and another beside it, both below a chroot. */
async function openBoth() {
  const root = await newRoot(server.address);
  const stack = new AsyncDisposableStack();
  const proxy = stack.use(TcpProxy.start({ target: server.address }));
  const other = stack.use(await open(`${server.address}${root}`));
  const zk = stack.use(await open(`${proxy.address}${root}`, { sessionTimeoutMs: 10_000 }));
  /** Cuts the client off, acts without it, and lets it come back. */
  const meanwhile = async (act: () => Promise<unknown>) => {
    await proxy.setMode("refuse");
    proxy.cutConnections();
    await reached(zk, "suspended");
    await act();
    await proxy.setMode("pass");
    await reached(zk, "connected");
  };
  return { zk, other, meanwhile, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function recorder() {
  const told: WatchEvent[] = [];
  return { told, watch: (event: WatchEvent) => told.push(event) };
}

Deno.test(
  "watches tell of each kind of change, in the paths below the chroot",
  shared,
  async () => {
    await using both = await openBoth();
    const { zk, other } = both;
    const { told, watch } = recorder();
    await zk.exists("/a", { watch });
    await zk.getChildren("/", { watch });
    await other.create("/a", bytes("1"));
    await until(() => told.length, (count) => count === 2);
    await zk.getData("/a", { watch });
    await other.setData("/a", bytes("2"));
    await until(() => told.length, (count) => count === 3);
    await zk.getChildren("/a", { watch: (event) => told.push(event) });
    await zk.exists("/a", { watch });
    await other.delete("/a");
    await until(() => told.length, (count) => count === 5);
    assert.deepEqual(told, [
      { kind: "created", path: "/a" },
      { kind: "childrenChanged", path: "/" },
      { kind: "dataChanged", path: "/a" },
      { kind: "deleted", path: "/a" },
      { kind: "deleted", path: "/a" },
    ]);
    await other.create("/a", bytes("3"));
    await zk.sync("/");
    assert.equal(told.length, 5, "each watch is told once");
  },
);

Deno.test("a change is told before a read shows it", shared, async () => {
  await using both = await openBoth();
  const { zk, other } = both;
  await zk.create("/a", bytes("0"));
  for (let round = 1; round <= 20; round++) {
    const { told, watch } = recorder();
    await zk.getData("/a", { watch });
    const writing = other.setData("/a", bytes(`${round}`));
    while (new TextDecoder().decode((await zk.getData("/a")).data) !== `${round}`);
    assert.equal(told.length, 1);
    await writing;
  }
});

Deno.test("watches are set again after a reconnect, and tell what was missed", shared, async () => {
  await using both = await openBoth();
  const { zk, other, meanwhile } = both;
  for (const path of ["/changed", "/deleted", "/parent", "/same"]) {
    await zk.create(path, bytes("0"));
  }
  const { told, watch } = recorder();
  await zk.getData("/changed", { watch });
  await zk.getData("/deleted", { watch });
  await zk.exists("/created", { watch });
  await zk.getChildren("/parent", { watch });
  await zk.getData("/same", { watch });
  await zk.exists("/absent", { watch });
  await meanwhile(async () => {
    await other.setData("/changed", bytes("1"));
    await other.delete("/deleted");
    await other.create("/created", bytes("1"));
    await other.create("/parent/child", bytes("1"));
    assert.deepEqual(told, []);
  });
  const missed = ["/changed dataChanged", "/created created", "/deleted deleted"];
  const lines = () => told.map(({ path, kind }) => `${path} ${kind}`).sort();
  assert.deepEqual(lines(), [...missed, "/parent childrenChanged"]);
  await other.setData("/same", bytes("1"));
  await other.create("/absent", bytes("1"));
  await until(() => told.length, (count) => count === 6);
  assert.ok(lines().includes("/same dataChanged") && lines().includes("/absent created"));
});

Deno.test("watches beyond one packet are set again", shared, async () => {
  await using both = await openBoth();
  const { zk, other, meanwhile } = both;
  const paths = Array.from({ length: 300 }, (_, index) => `/${index}-`.padEnd(1000, "€"));
  const { told, watch } = recorder();
  await Promise.all(paths.map((path) => zk.exists(path, { watch })));
  await meanwhile(() => Promise.resolve());
  for (const index of [0, 150, 299]) await other.create(paths[index]!, new Uint8Array());
  await until(() => told.length, (count) => count === 3);
  assert.deepEqual(told.map(({ path }) => path).sort(), [0, 150, 299].map((i) => paths[i]!).sort());
});

Deno.test(
  "addWatch() stays, and is set again after a reconnect without what was missed",
  shared,
  async () => {
    await using both = await openBoth();
    const { zk, other, meanwhile } = both;
    await zk.create("/p", bytes("0"));
    const { told, watch } = recorder();
    await zk.addWatch("/p", "persistent", watch);
    await other.setData("/p", bytes("1"));
    await other.setData("/p", bytes("2"));
    await other.create("/p/child", bytes("1"));
    await until(() => told.length, (count) => count === 3);
    await meanwhile(() => other.setData("/p", bytes("missed")));
    await other.setData("/p", bytes("3"));
    await until(() => told.length, (count) => count === 4);
    assert.deepEqual(told.map(({ kind }) => kind), [
      "dataChanged",
      "dataChanged",
      "childrenChanged",
      "dataChanged",
    ]);
  },
);

Deno.test(
  "addWatch() of a subtree tells of every node in it, and of no children",
  shared,
  async () => {
    await using both = await openBoth();
    const { zk, other } = both;
    const { told, watch } = recorder();
    await zk.addWatch("/", "persistentRecursive", watch);
    await other.create("/a", bytes("1"));
    await other.create("/a/b", bytes("1"));
    await other.setData("/a/b", bytes("2"));
    await other.delete("/a/b");
    await until(() => told.length, (count) => count === 4);
    assert.deepEqual(told, [
      { kind: "created", path: "/a" },
      { kind: "created", path: "/a/b" },
      { kind: "dataChanged", path: "/a/b" },
      { kind: "deleted", path: "/a/b" },
    ]);
  },
);

Deno.test("removeWatches() ends watches here and at the server", shared, async () => {
  await using both = await openBoth();
  const { zk, other, meanwhile } = both;
  await zk.create("/a", bytes("0"));
  const { told, watch } = recorder();
  await zk.getData("/a", { watch });
  await zk.getChildren("/a", { watch });
  assert.equal(await zk.hasWatches("/a", "data"), true);
  await zk.removeWatches("/a", "any");
  assert.equal(told.length, 1, "one watcher is told once");
  assert.deepEqual(told, [{ kind: "removed", path: "/a" }]);
  assert.equal(await zk.hasWatches("/a", "any"), false);
  await meanwhile(() => Promise.resolve());
  assert.equal(await zk.hasWatches("/a", "any"), false, "and is not set again");
  await other.setData("/a", bytes("1"));
  await zk.sync("/a");
  assert.equal(told.length, 1);
  await assert.rejects(
    zk.removeWatches("/a", "any"),
    (error) => isZkError(error, "NoWatcher"),
  );
});
