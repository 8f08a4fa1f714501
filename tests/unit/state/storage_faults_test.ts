import assert from "node:assert/strict";
import { isStorageError, type StorageErrorKind } from "../../../src/storage/errors.ts";
import { until } from "../../support/until.ts";
import { nextTurn } from "./event_loop.ts";
import { bytesOf, forever, haltingContent, rejects, StateFixture } from "./state_fixture.ts";

const OPTIONS = { signal: forever };

const KINDS: StorageErrorKind[] = [
  "exists",
  "full",
  "read-only",
  "denied",
  "misconfigured",
  "unavailable",
  "timeout",
  "failed",
];

for (const kind of KINDS) {
  for (const hasEffect of [false, true]) {
    const what = `${kind}, ${hasEffect ? "behind" : "before"} its effect`;
    Deno.test(`put() fails with its storage (${what}), and the old value stays readable`, async () => {
      const fixture = new StateFixture();
      await fixture.put("a", "v1");
      fixture.storage.faults.push({ act: "write", name: "/a.", kind, hasEffect });
      const error = await rejects(fixture.put("a", "v2"), "storage");
      assert.ok(isStorageError(error.cause, kind));
      assert.match(error.message, new RegExp(`^Cannot write a: .*${kind}`));
      await nextTurn();
      assert.equal(await fixture.get("a"), "v1");
      assert.equal(fixture.blobs.length, 1);
      await fixture.put("a", "v3");
      assert.equal(await fixture.get("a"), "v3");
    });
  }
}

Deno.test("put() whose content fails says why, and leaves nothing behind", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const failing = async function* () {
    yield* bytesOf("some");
    throw new Error("the sender went away");
  };
  await assert.rejects(fixture.store.put("a", failing(), OPTIONS), /the sender went away/);
  await nextTurn();
  assert.equal(await fixture.get("a"), "v1");
  assert.equal(fixture.blobs.length, 1);
});

Deno.test("put() writes to no storage but the one that holds the state", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const contents = new Map(fixture.storage.blobs);
  fixture.storage.blobs.clear();
  await rejects(fixture.put("a", "v2"), "wrong-storage");
  await nextTurn();
  assert.equal(fixture.storage.blobs.size, 0);
  for (const [name, bytes] of contents) fixture.storage.blobs.set(name, bytes);
  assert.equal(await fixture.get("a"), "v1");
});

Deno.test("put() ends at once, although its content comes slowly, when the storage proves the wrong one", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  fixture.storage.blobs.clear();
  const { content } = haltingContent();
  await rejects(fixture.store.put("a", content, OPTIONS), "wrong-storage");
});

Deno.test("put() whose storage hangs ends with its signal", async () => {
  for (const act of ["write", "read"] as const) {
    const fixture = new StateFixture();
    await fixture.put("a", "v1");
    fixture.storage.faults.push({ act, kind: "hang" });
    const stop = new AbortController();
    const putting = fixture.store.put("a", bytesOf("v2"), { signal: stop.signal });
    await until(() => fixture.storage.faults.length, (count) => count === 0);
    stop.abort(new Error("enough"));
    await assert.rejects(putting, /enough/);
    assert.equal(await fixture.get("a"), "v1");
  }
});

Deno.test("put() leaves blobs that it cannot delete to collect()", async () => {
  const fixture = new StateFixture({ historyLength: 1 });
  await fixture.put("a", "v1");
  fixture.storage.faults.push({ act: "delete", kind: "failed" });
  await fixture.put("a", "v2");
  await nextTurn();
  assert.equal(fixture.blobs.length, 2);
  assert.match(fixture.logged.join(), /DEBUG .* blob is left to the next collection/);
  await fixture.store.collect({ graceMs: 0, isDryRun: false, ...OPTIONS });
  assert.equal(fixture.blobs.length, 1);
  assert.equal(await fixture.get("a"), "v2");
});

Deno.test("put() does not wait for the old blob to be deleted, but the end of the store does", async () => {
  const fixture = new StateFixture({ historyLength: 1 });
  await fixture.put("a", "v1");
  fixture.storage.faults.push({ act: "delete", kind: "hang" });
  await fixture.put("a", "v2");
  await fixture.store[Symbol.asyncDispose]();
});
