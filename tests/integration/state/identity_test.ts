import assert from "node:assert/strict";
import { createLogger } from "../../../src/log/logger.ts";
import { checkState } from "../../../src/state/check.ts";
import { isStateError } from "../../../src/state/errors.ts";
import { FileStorage } from "../../../src/storage/file_storage.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { bytesOf, StateMaster, textOf } from "./state_master.ts";

const LIMIT_MS = 60_000;
const COLLECT = { graceMs: 0, isDryRun: false };

/** A folder that goes with the test. */
class Folder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "masterd_state_" });

  storage(name: string): FileStorage {
    const logger = createLogger("storage", { write: () => {} });
    return new FileStorage(`${this.path}/${name}`, { timeoutMs: 10_000, logger });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

async function get({ store: { reader } }: StateMaster, name: string): Promise<string> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  return await textOf((await reader.get(name, { signal })).content);
}

Deno.test("a master with another storage directory is told so, and harms nothing", async () => {
  await using server = await ZooKeeperServer.start();
  await using folder = new Folder();
  const signal = AbortSignal.timeout(LIMIT_MS);
  await using former = await StateMaster.start(server.address, {
    storage: folder.storage("one"),
    signal,
  });
  await former.store.put("a", bytesOf("v1"), { signal });
  await former.zk.delete(former.latch, { signal });
  await using other = await StateMaster.start(server.address, {
    storage: folder.storage("two"),
    signal,
  });
  for (
    const acting of [
      () => other.store.recover({ required: ["a"], signal }),
      () => other.store.put("a", bytesOf("v2"), { signal }),
      () => other.store.collect({ ...COLLECT, signal }),
      () => get(other, "a"),
      () => checkState(other.store.reader, { readContents: true, signal }),
    ]
  ) {
    await assert.rejects(acting(), (error) => {
      assert.ok(isStateError(error, "wrong-storage"), Deno.inspect(error));
      assert.match(error.message, /\/one, and this master is configured with .*\/two/);
      return true;
    });
  }
  await other.zk.delete(other.latch, { signal });
  await using next = await StateMaster.start(server.address, {
    storage: folder.storage("one"),
    signal,
  });
  assert.deepEqual((await next.store.recover({ required: ["a"], signal })).broken, []);
  assert.equal(await get(next, "a"), "v1");
});

Deno.test("a storage directory that was moved is the same one, one that was emptied is not", async () => {
  await using server = await ZooKeeperServer.start();
  await using folder = new Folder();
  const signal = AbortSignal.timeout(LIMIT_MS);
  await using master = await StateMaster.start(server.address, {
    storage: folder.storage("one"),
    signal,
  });
  await master.store.put("a", bytesOf("v1"), { signal });
  await Deno.rename(`${folder.path}/one`, `${folder.path}/two`);
  await assert.rejects(
    master.store.put("a", bytesOf("v2"), { signal }),
    (error) => isStateError(error, "wrong-storage") && /mounted here\?/.test(error.message),
  );
  await using moved = await StateMaster.start(server.address, {
    storage: folder.storage("two"),
    signal,
  });
  assert.equal(await get(moved, "a"), "v1");
  await moved.store.put("a", bytesOf("v2"), { signal });
  assert.equal(await get(moved, "a"), "v2");
});

Deno.test("clusters of the same name on two ZooKeepers do each other no harm in one directory", async () => {
  await using servers = new AsyncDisposableStack();
  await using folder = new Folder();
  const signal = AbortSignal.timeout(LIMIT_MS);
  const masters: StateMaster[] = [];
  for (let count = 0; count < 2; count++) {
    const server = servers.use(await ZooKeeperServer.start());
    const storage = folder.storage("shared");
    masters.push(servers.use(await StateMaster.start(server.address, { storage, signal })));
  }
  const [one, other] = masters as [StateMaster, StateMaster];
  await Promise.all(masters.map(({ store }) => store.put("a", bytesOf("v1"), { signal })));
  await one.store.put("a", bytesOf("of one"), { signal });
  await other.store.put("a", bytesOf("of the other"), { signal });
  for (const { store } of masters) {
    assert.deepEqual((await store.collect({ ...COLLECT, signal })).removed, []);
    const report = await checkState(store.reader, { readContents: true, signal });
    assert.deepEqual({ problems: report.problems, orphans: report.orphans }, {
      problems: [],
      orphans: [],
    });
  }
  await one.store.delete("a", { signal });
  assert.equal(await get(other, "a"), "of the other");
});

Deno.test("clusters of different names on one ZooKeeper do each other no harm in one directory", async () => {
  await using server = await ZooKeeperServer.start();
  await using folder = new Folder();
  const signal = AbortSignal.timeout(LIMIT_MS);
  await using stack = new AsyncDisposableStack();
  const masters: StateMaster[] = [];
  for (const namespace of ["/flink/one", "/flink/two"]) {
    const options = { storage: folder.storage("shared"), namespace, signal };
    const master = stack.use(await StateMaster.start(server.address, options));
    await master.store.put("a", bytesOf(namespace), { signal });
    masters.push(master);
  }
  for (const { store } of masters) await store.collect({ ...COLLECT, signal });
  const [one, other] = masters as [StateMaster, StateMaster];
  await one.store.delete("a", { signal });
  assert.equal(await get(other, "a"), "/flink/two");
});

Deno.test("put() with a directory that is on no disk any more fails, and works again once it is back", async () => {
  await using server = await ZooKeeperServer.start();
  await using folder = new Folder();
  const signal = AbortSignal.timeout(LIMIT_MS);
  const storage = folder.storage("one");
  await using master = await StateMaster.start(server.address, { storage, signal });
  await master.store.put("x".repeat(200), bytesOf("v1"), { signal });
  await Deno.rename(`${folder.path}/one`, `${folder.path}/away`);
  const late = master.store.put("a", bytesOf("v2"), { signal });
  await assert.rejects(late, (error) => isStateError(error, "wrong-storage"));
  await Deno.remove(`${folder.path}/one`, { recursive: true }).catch(() => {});
  await Deno.rename(`${folder.path}/away`, `${folder.path}/one`);
  await master.store.put("a", bytesOf("v2"), { signal });
  assert.equal(await get(master, "x".repeat(200)), "v1");
  assert.equal(await get(master, "a"), "v2");
});
