import assert from "node:assert/strict";
import { connect } from "zookeeper";
import { isStateError } from "../../../src/state/errors.ts";
import { MemoryStorage } from "../../support/memory_storage.ts";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { bytesOf, StateMaster, textOf } from "./state_master.ts";

const LIMIT_MS = 60_000;

/** The pointer's write of this master is held on its way from now on. */
function holdWrites({ zk }: StateMaster, proxy: TcpProxy): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const multi = zk.multi.bind(zk);
  zk.multi = async (steps, options) => {
    await proxy.setMode("hold-requests");
    const writing = multi(steps, options);
    resolve();
    return await writing;
  };
  return promise;
}

/** Waits until a write is on its way; one that has ended before would never be. */
async function isHeld(held: Promise<void>, writing: Promise<unknown>): Promise<void> {
  assert.equal(await Promise.race([held, writing]), undefined);
}

/** Ends a session as its time limit would: a short one would run out too early on a slow host. */
async function endSession(
  { zk }: StateMaster,
  { server, signal }: { server: ZooKeeperServer; signal: AbortSignal },
): Promise<void> {
  const heir = await connect(server.address, { credentials: zk.credentials, signal });
  await heir.close();
}

Deno.test("put() of a former leader that arrives behind its successor's is refused (T31)", async () => {
  await using server = await ZooKeeperServer.start();
  await using proxy = TcpProxy.start({ target: server.address });
  const signal = AbortSignal.timeout(LIMIT_MS);
  const storage = new MemoryStorage();
  await using former = await StateMaster.start(proxy.address, { storage, signal });
  await using next = await StateMaster.start(server.address, { storage, signal });
  await former.store.put("a", bytesOf("v1"), { signal });

  const held = holdWrites(former, proxy);
  const late = former.store.put("a", bytesOf("late"), { signal }).catch((error) => error);
  await isHeld(held, late);
  // The session lives on: nothing but the check of the latch node is between the write and the entry.
  await next.zk.delete(former.latch, { signal });
  const { entry } = await next.store.put("a", bytesOf("v2"), { signal });
  await proxy.setMode("pass");

  assert.ok(isStateError(await late, "not-leading"));
  const found = await next.store.reader.get("a", { signal });
  assert.deepEqual(found.entry, entry);
  assert.equal(await textOf(found.content), "v2");
  assert.equal((await next.store.reader.history("a", { signal })).length, 2);
  assert.equal(
    (await next.store.collect({ graceMs: 0, isDryRun: false, signal })).waiting.length,
    0,
  );
  assert.equal(storage.blobs.size, 3);
});

Deno.test("put() of a leader that was frozen beyond its session changes nothing when it arrives (T31)", async () => {
  await using server = await ZooKeeperServer.start();
  await using proxy = TcpProxy.start({ target: server.address });
  const signal = AbortSignal.timeout(LIMIT_MS);
  const storage = new MemoryStorage();
  await using former = await StateMaster.start(proxy.address, { storage, signal });
  await using next = await StateMaster.start(server.address, { storage, signal });
  await former.store.put("a", bytesOf("v1"), { signal });

  const held = holdWrites(former, proxy);
  const late = former.store.put("a", bytesOf("late"), { signal }).catch((error) => error);
  await isHeld(held, late);
  const lateDeletion = former.store.delete("a", { signal }).catch((error) => error);
  await endSession(former, { server, signal });
  await until(() => next.zk.exists(former.latch, { signal }), (stat) => stat === undefined);
  await next.store.put("a", bytesOf("v2"), { signal });
  await proxy.setMode("pass");

  assert.ok(isStateError(await late, "not-leading", "unknown-outcome"), Deno.inspect(await late));
  assert.ok(isStateError(await lateDeletion, "not-leading"));
  assert.equal(await textOf((await next.store.reader.get("a", { signal })).content), "v2");
  assert.equal((await next.store.reader.history("a", { signal })).length, 2);
  await next.store.collect({ graceMs: 0, isDryRun: false, signal });
  assert.equal(storage.blobs.size, 3);
});

Deno.test("collect() of a former leader deletes nothing of its successor's", async () => {
  await using server = await ZooKeeperServer.start();
  const signal = AbortSignal.timeout(LIMIT_MS);
  const storage = new MemoryStorage();
  await using former = await StateMaster.start(server.address, { storage, signal });
  await using next = await StateMaster.start(server.address, { storage, signal });
  await former.store.put("a", bytesOf("v1"), { signal });
  await next.zk.delete(former.latch, { signal });
  await next.store.put("b", bytesOf("v1"), { signal });
  const collecting = former.store.collect({ graceMs: 0, isDryRun: false, signal });
  await assert.rejects(collecting, (error) => isStateError(error, "not-leading"));
  assert.equal(await textOf((await next.store.reader.get("b", { signal })).content), "v1");
});

Deno.test("put() that is under way when leadership ends does not know its outcome, and keeps its blob", async () => {
  await using server = await ZooKeeperServer.start();
  await using proxy = TcpProxy.start({ target: server.address });
  const signal = AbortSignal.timeout(LIMIT_MS);
  const storage = new MemoryStorage();
  await using master = await StateMaster.start(proxy.address, { storage, signal });
  await using other = await StateMaster.start(server.address, { storage, signal });
  await master.store.put("a", bytesOf("v1"), { signal });
  const held = holdWrites(master, proxy);
  const put = master.store.put("a", bytesOf("v2"), { signal }).catch((error) => error);
  await isHeld(held, put);
  master.lost.abort(new Error("Leadership ended"));
  assert.ok(isStateError(await put, "unknown-outcome"));
  await proxy.setMode("pass");
  // The latch node is still there, so that it takes effect after all.
  const { reader } = other.store;
  await until(() => reader.history("a", { signal }), (versions) => versions.length === 2);
  assert.equal(await textOf((await reader.get("a", { signal })).content), "v2");
});
