import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { checkState } from "../../../src/state/check.ts";
import type { Entry } from "../../../src/state/entry.ts";
import { MemoryStorage } from "../../support/memory_storage.ts";
import { type ProxyMode, TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { randomSource } from "../../unit/election/random_source.ts";
import { bytesOf, StateMaster, textOf } from "./state_master.ts";

const LIMIT_MS = 60_000;
const CUTS = 25;

async function setUp(server: ZooKeeperServer, proxy: TcpProxy, signal: AbortSignal) {
  const storage = new MemoryStorage();
  const historyLength = 10_000;
  const master = await StateMaster.start(proxy.address, { storage, historyLength, signal });
  const other = await StateMaster.start(server.address, { storage, signal });
  return { storage, master, other };
}

/** The link breaks, in this way, as soon as the next pointer is written. */
function breakNextWrite({ zk }: StateMaster, proxy: TcpProxy, mode: ProxyMode): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const multi = zk.multi.bind(zk);
  zk.multi = async (steps, options) => {
    zk.multi = multi;
    await proxy.setMode(mode);
    const writing = multi(steps, options);
    resolve();
    return await writing;
  };
  return promise;
}

for (const mode of ["hold-replies", "hold-requests"] as const) {
  Deno.test(`put() through a connection that is cut (${mode}) is written once`, async () => {
    await using server = await ZooKeeperServer.start();
    await using proxy = TcpProxy.start({ target: server.address });
    const signal = AbortSignal.timeout(LIMIT_MS);
    const { storage, master, other } = await setUp(server, proxy, signal);
    await using _master = master;
    await using _other = other;
    const { store } = master;
    const { reader } = other.store;
    const { entry: { version } } = await store.put("a", bytesOf("v1"), { signal });
    const broken = breakNextWrite(master, proxy, mode);
    const putting = store.put("a", bytesOf("v2"), { signal, expect: { version } });
    await broken;
    if (mode === "hold-replies") {
      await until(() => reader.history("a", { signal }), (versions) => versions.length === 2);
    }
    proxy.cutConnections();
    await proxy.setMode("pass");
    const { entry, isNew } = await putting;
    assert.ok(!isNew);
    const found = await reader.get("a", { signal });
    assert.deepEqual(found.entry, entry);
    assert.equal(await textOf(found.content), "v2");
    assert.equal((await reader.history("a", { signal })).length, 2);
    assert.equal(storage.blobs.size, 3);

    const brokenAgain = breakNextWrite(master, proxy, mode);
    const deleting = store.delete("a", { signal, expect: { version: entry.version } });
    await brokenAgain;
    if (mode === "hold-replies") {
      await until(() => reader.list({ signal }), ({ entries }) => entries.length === 0);
    }
    proxy.cutConnections();
    await proxy.setMode("pass");
    await deleting;
    await assert.rejects(reader.get("a", { signal }), { kind: "not-found" });
    assert.equal(storage.blobs.size, 1);
  });
}

Deno.test("put() under a connection that is cut again and again loses nothing and writes nothing twice", async () => {
  await using server = await ZooKeeperServer.start();
  await using proxy = TcpProxy.start({ target: server.address });
  const signal = AbortSignal.timeout(LIMIT_MS);
  const random = randomSource();
  const { master, other } = await setUp(server, proxy, signal);
  await using _master = master;
  await using _other = other;
  const written = new Map<string, Entry[]>([["a", []], ["b", []], ["c", []]]);
  const stop = new AbortController();
  const writers = [...written].map(async ([name, entries]) => {
    let expect: { version: bigint } | "absent" = "absent";
    while (!stop.signal.aborted) {
      const { entry } = await master.store.put(name, bytesOf(`${name}${entries.length}`), {
        signal,
        expect,
      });
      entries.push(entry);
      expect = { version: entry.version };
    }
  });
  for (let cut = 0; cut < CUTS; cut++) {
    await proxy.setMode((["pass", "hold-replies", "hold-requests"] as const)[random.below(3)]!);
    await delay(1 + random.below(20), { signal });
    proxy.cutConnections();
    await proxy.setMode("pass");
    await until(() => master.zk.state.kind, (kind) => kind === "connected", { intervalMs: 1 });
  }
  stop.abort();
  await Promise.all(writers);
  for (const [name, entries] of written) {
    const versions = await other.store.reader.history(name, { signal });
    const expected = entries.map(({ name: _, ...version }) => version).reverse();
    assert.deepEqual(versions, expected, random.seed);
    assert.ok(entries.length > 0);
  }
  const { problems } = await checkState(other.store.reader, { readContents: true, signal });
  assert.deepEqual(problems, []);
  await master.store.collect({ graceMs: 0, isDryRun: false, signal });
  const report = await checkState(other.store.reader, { readContents: false, signal });
  assert.deepEqual(report.orphans, []);
});

Deno.test("follow() sees each change over lost connections and a server that starts anew", async () => {
  await using server = await ZooKeeperServer.start();
  await using proxy = TcpProxy.start({ target: server.address });
  const signal = AbortSignal.timeout(LIMIT_MS);
  const { master, other } = await setUp(server, proxy, signal);
  await using _master = master;
  await using _other = other;
  const seen: (bigint | undefined)[] = [];
  const stop = new AbortController();
  const following = (async () => {
    const { reader } = master.store;
    for await (const entry of reader.follow("a", { signal: stop.signal })) {
      seen.push(entry?.version);
    }
  })();
  const isSeen = (version: bigint | undefined) =>
    until(() => seen.at(-1), (last) => last === version);
  await isSeen(undefined);
  // It is the other one that writes: its own session is not disturbed.
  for (const trouble of ["none", "cut", "dark", "restart"] as const) {
    if (trouble !== "none") await proxy.setMode("refuse");
    if (trouble !== "none") proxy.cutConnections();
    const { entry } = await other.store.put("a", bytesOf(trouble), { signal });
    if (trouble === "restart") await server.restart();
    await proxy.setMode("pass");
    await isSeen(entry.version);
  }
  proxy.cutConnections();
  await other.store.delete("a", { signal });
  await isSeen(undefined);
  stop.abort();
  await following;
});
