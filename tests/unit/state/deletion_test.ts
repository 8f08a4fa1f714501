import assert from "node:assert/strict";
import { nextTurn } from "./event_loop.ts";
import { bytesOf, ENTRIES, forever, rejects, StateFixture } from "./state_fixture.ts";

const OPTIONS = { signal: forever };

Deno.test("delete() of what is not there, or is deleted, says so", async () => {
  const fixture = new StateFixture();
  await rejects(fixture.store.delete("a", OPTIONS), "not-found");
  await fixture.put("b", "v1");
  await rejects(fixture.store.delete("a", OPTIONS), "not-found");
  await fixture.store.delete("b", OPTIONS);
  await rejects(fixture.store.delete("b", OPTIONS), "not-found");
});

Deno.test("delete() that expects another version deletes nothing", async () => {
  const fixture = new StateFixture();
  const { entry: { version } } = await fixture.store.put("a", bytesOf("v1"), OPTIONS);
  const late = { ...OPTIONS, expect: { version: version - 1n } };
  await rejects(fixture.store.delete("a", late), "version-mismatch");
  assert.equal(await fixture.get("a"), "v1");
  await fixture.store.delete("a", { ...OPTIONS, expect: { version } });
  await rejects(fixture.get("a"), "not-found");
});

Deno.test("delete() leaves an entry alone that was written again before its node was removed", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const go = Promise.withResolvers<void>();
  const { storage } = fixture;
  const remove = storage.delete.bind(storage);
  storage.delete = async (name, options) => {
    await go.promise;
    await remove(name, options);
  };
  const deleting = fixture.store.delete("a", OPTIONS);
  await nextTurn();
  await fixture.put("a", "v2");
  go.resolve();
  await deleting;
  assert.equal(await fixture.get("a"), "v2");
});

Deno.test("delete() of an entry whose blobs cannot be deleted is done, and finished by collect()", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  fixture.storage.faults.push({ act: "delete", kind: "read-only" });
  await fixture.store.delete("a", OPTIONS);
  await rejects(fixture.get("a"), "not-found");
  assert.equal(fixture.blobs.length, 1);
  assert.match(fixture.logged.join(), /WARN .* deletion is left to the next collection name=a/);
  const collection = await fixture.store.collect({ graceMs: 1e9, isDryRun: false, ...OPTIONS });
  assert.deepEqual(collection.finishedDeletions, ["a"]);
  assert.deepEqual(fixture.blobs, []);
  assert.equal(fixture.pointer("a"), undefined);
});

Deno.test("delete() tells of a node that somebody put something below", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  fixture.ensemble.make(`${ENTRIES}/a/foreign`);
  await fixture.store.delete("a", OPTIONS);
  assert.match(fixture.logged.join(), /WARN .*NotEmpty/);
  await fixture.put("b", "v1");
  const collecting = fixture.store.collect({ graceMs: 0, isDryRun: false, ...OPTIONS });
  await rejects(collecting, "unavailable");
  assert.equal(await fixture.get("b"), "v1");
});
