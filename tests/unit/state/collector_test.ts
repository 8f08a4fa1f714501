import assert from "node:assert/strict";
import { newBlobName } from "../../../src/state/blob_name.ts";
import { isStateError } from "../../../src/state/errors.ts";
import { nextTurn } from "./event_loop.ts";
import { bytesOf, ENTRIES, forever, StateFixture } from "./state_fixture.ts";

const NOW = { graceMs: 0, isDryRun: false, signal: forever };
const NOTHING = { removed: [], waiting: [], finishedDeletions: [] };

async function setUp() {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const { storage, store, ensemble, latch } = fixture;
  const epoch = ensemble.tree.get(latch)!.czxid;
  const folder = [...storage.blobs.keys()][0]!.split("/")[0]!;
  const litter = (entry: string, from = epoch - 1n) => {
    const blob = newBlobName({ entry, epoch: from, sequence: 1 });
    storage.blobs.set(`${folder}/${blob}`, new Uint8Array(3));
    return blob;
  };
  return { fixture, storage, store, epoch, folder, litter };
}

Deno.test("collect() of a cluster without state does nothing", async () => {
  assert.deepEqual(await new StateFixture().store.collect(NOW), NOTHING);
});

Deno.test("collect() deletes blobs of earlier leaders that no pointer leads to", async () => {
  const { fixture, store, litter } = await setUp();
  const orphans = [litter("a"), litter("gone")];
  const { removed } = await store.collect(NOW);
  assert.deepEqual(removed, orphans.map((name) => ({ name, length: 3 })));
  assert.equal(fixture.blobs.length, 1);
  assert.equal(await fixture.get("a"), "v1");
  assert.deepEqual(await store.collect(NOW), NOTHING);
});

Deno.test("collect() keeps every version that is still led to", async () => {
  const { fixture, store } = await setUp();
  for (const text of ["v2", "v3"]) await fixture.put("a", text);
  assert.deepEqual(await store.collect(NOW), NOTHING);
  assert.equal(fixture.blobs.length, 3);
});

Deno.test("collect() waits with each blob for its grace, counted from when it was first seen", async () => {
  const { fixture, store, litter } = await setUp();
  const first = litter("a");
  const names = (blobs: { name: string }[]) => blobs.map(({ name }) => name);
  const collect = async (isDryRun = false) => {
    const { removed, waiting } = await store.collect({ ...NOW, graceMs: 100, isDryRun });
    return { removed: names(removed), waiting: names(waiting) };
  };
  assert.deepEqual(await collect(), { removed: [], waiting: [first] });
  fixture.now = 60;
  const second = litter("b");
  assert.deepEqual(await collect(), { removed: [], waiting: [first, second] });
  fixture.now = 100;
  assert.deepEqual(await collect(true), { removed: [first], waiting: [second] });
  assert.ok(fixture.blobs.includes(first));
  assert.deepEqual(await collect(), { removed: [first], waiting: [second] });
  fixture.now = 160;
  assert.deepEqual(await collect(), { removed: [second], waiting: [] });
});

Deno.test("collect() that only looks deletes nothing, and says what it would do", async () => {
  const { fixture, store, storage, litter } = await setUp();
  await fixture.put("b", "v1");
  storage.faults.push({ act: "delete", kind: "failed" });
  await store.delete("b", NOW);
  const orphan = litter("c");
  const collection = await store.collect({ ...NOW, isDryRun: true });
  assert.deepEqual(collection.removed, [{ name: orphan, length: 3 }]);
  assert.deepEqual(collection.finishedDeletions, ["b"]);
  assert.equal(fixture.blobs.length, 3);
  assert.notEqual(fixture.pointer("b"), undefined);
});

Deno.test("collect() leaves alone what is not its own, or may yet be used", async () => {
  const { fixture, store, storage, folder, epoch, litter } = await setUp();
  await fixture.put("b", "v1");
  fixture.overwrite(`${ENTRIES}/b`, { format: 2 });
  litter("b");
  litter("a", epoch + 1n);
  storage.blobs.set(`${folder}/notes.txt`, new Uint8Array(1));
  storage.blobs.set("state-of-another/x.1.1.0123456789abcdef", new Uint8Array(1));
  const before = [...storage.blobs.keys()];
  assert.deepEqual(await store.collect(NOW), NOTHING);
  assert.deepEqual([...storage.blobs.keys()], before);
});

Deno.test("collect() leaves alone a blob that is being written, and one that its pointer is written for", async () => {
  const { fixture, store, zk } = await setUp().then(({ fixture }) => ({ ...fixture, fixture }));
  const written = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const multi = zk.multi.bind(zk);
  zk.multi = async (steps, options) => {
    if (steps.length > 1) {
      written.resolve();
      await go.promise;
    }
    return await multi(steps, options);
  };
  const putting = fixture.put("a", "v2");
  await written.promise;
  assert.deepEqual(await store.collect(NOW), NOTHING);
  go.resolve();
  await putting;
  assert.equal(await fixture.get("a"), "v2");
});

Deno.test("collect() of a former leader deletes nothing", async () => {
  const { fixture, store, litter } = await setUp();
  litter("a");
  fixture.ensemble.remove(fixture.latch);
  await assert.rejects(store.collect(NOW), (error) => isStateError(error, "not-leading"));
  assert.equal(fixture.blobs.length, 2);
});

Deno.test("collect() deletes what it can although something cannot be deleted", async () => {
  const { fixture, store, storage, litter } = await setUp();
  for (const name of ["b", "c"]) {
    await fixture.put(name, "v1");
    storage.faults.push({ act: "delete", name: `/${name}.`, kind: "failed" });
    await store.delete(name, NOW);
  }
  for (let count = 0; count < 20; count++) litter("a");
  storage.faults.push({ act: "delete", name: "/a.", kind: "failed" });
  storage.faults.push({ act: "delete", name: "/b.", kind: "denied" });
  await assert.rejects(store.collect(NOW), { kind: "storage" });
  assert.equal(fixture.blobs.length, 3);
  assert.equal(fixture.pointer("c"), undefined);
  await store.collect(NOW);
  assert.equal(fixture.blobs.length, 1);
});

Deno.test("collect() refuses a storage that is not the one of this state", async () => {
  const { store, storage } = await setUp();
  storage.blobs.clear();
  await assert.rejects(store.collect(NOW), { kind: "wrong-storage" });
});

Deno.test("collect() ends with its signal, and what it deleted stays deleted", async () => {
  const { fixture, store, storage, litter } = await setUp();
  for (let count = 0; count < 3; count++) litter("a");
  storage.faults.push({ act: "delete", kind: "hang" });
  const stop = new AbortController();
  const collecting = store.collect({ ...NOW, signal: stop.signal });
  await nextTurn();
  stop.abort(new Error("enough"));
  await assert.rejects(collecting, /enough/);
  assert.equal(fixture.blobs.length, 2);
});

Deno.test("collect() takes what a put left behind that failed", async () => {
  const { fixture, store, storage } = await setUp();
  storage.faults.push({ act: "write", name: "/a.", kind: "timeout", hasEffect: true });
  storage.faults.push({ act: "delete", kind: "timeout" });
  await assert.rejects(store.put("a", bytesOf("v2"), NOW));
  await nextTurn();
  assert.equal(fixture.blobs.length, 2);
  assert.equal((await store.collect(NOW)).removed.length, 1);
  assert.equal(fixture.blobs.length, 1);
});

Deno.test("collect() deletes what writers that died left unfinished, unless it only looks", async () => {
  const { storage, store, folder } = await setUp();
  storage.unfinished.add(`${folder}/.unfinished-1`);
  await store.collect({ ...NOW, isDryRun: true });
  assert.equal(storage.unfinished.size, 1);
  await store.collect(NOW);
  assert.equal(storage.unfinished.size, 0);
});

Deno.test("collect() of a former leader leaves alone what is unfinished", async () => {
  const { fixture, storage, store, folder } = await setUp();
  storage.unfinished.add(`${folder}/.unfinished-1`);
  fixture.ensemble.remove(fixture.latch);
  await assert.rejects(store.collect(NOW), (error) => isStateError(error, "not-leading"));
  assert.equal(storage.unfinished.size, 1);
});
