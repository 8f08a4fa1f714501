import assert from "node:assert/strict";
import { CREATOR_ACL } from "zookeeper";
import { isStateError } from "../../../src/state/errors.ts";
import { nextTurn } from "./event_loop.ts";
import {
  bytesOf,
  ENTRIES,
  forever,
  NAMESPACE,
  rejects,
  ROOT,
  StateFixture,
} from "./state_fixture.ts";

const OPTIONS = { signal: forever };

Deno.test("put() writes a version that is one larger than the last, and one of history", async () => {
  const fixture = new StateFixture();
  const versions: bigint[] = [];
  for (const text of ["v1", "v2", "v3", "v4"]) {
    const { entry, isNew } = await fixture.store.put("a", bytesOf(text), OPTIONS);
    assert.equal(isNew, text === "v1");
    versions.unshift(entry.version);
  }
  assert.deepEqual(versions.map((version) => version - versions.at(-1)!), [3n, 2n, 1n, 0n]);
  const history = await fixture.reader.history("a", OPTIONS);
  assert.deepEqual(history.map(({ version }) => version), versions.slice(0, 3));
  assert.equal(fixture.blobs.length, 3);
});

Deno.test("put() keeps as many versions as it is told, also fewer than there are", async () => {
  const fixture = new StateFixture();
  for (const text of ["v1", "v2", "v3"]) await fixture.put("a", text);
  const next = fixture.successor({ historyLength: 1 });
  const { isNew } = await next.store.put("a", bytesOf("v4"), OPTIONS);
  await nextTurn();
  assert.equal(isNew, false);
  assert.equal((await next.reader.history("a", OPTIONS)).length, 1);
  assert.equal(next.blobs.length, 1);
});

Deno.test("put() makes versions grow beyond those of an entry that was deleted", async () => {
  const fixture = new StateFixture();
  for (let count = 0; count < 5; count++) await fixture.put("a", `v${count}`);
  const { entry: { version: last } } = await fixture.reader.get("a", OPTIONS);
  await fixture.store.delete("a", OPTIONS);
  const { entry, isNew } = await fixture.store.put("a", bytesOf("again"), OPTIONS);
  assert.ok(entry.version > last && isNew);
});

Deno.test("put() makes versions grow beyond those of an entry whose deletion was not finished", async () => {
  const fixture = new StateFixture();
  const { entry: { version } } = await fixture.store.put("a", bytesOf("v1"), OPTIONS);
  fixture.storage.faults.push({ act: "delete", kind: "failed" });
  await fixture.store.delete("a", OPTIONS);
  assert.equal(fixture.pointer("a").deleted, true);
  const again = await fixture.store.put("a", bytesOf("v2"), { ...OPTIONS, expect: "absent" });
  await nextTurn();
  assert.ok(again.entry.version > version && again.isNew);
  assert.equal(fixture.pointer("a").versions.length, 1);
  assert.equal(fixture.blobs.length, 1);
});

Deno.test("put() writes back what a newer masterd added", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const document = fixture.pointer("a");
  fixture.overwrite(`${ENTRIES}/a`, {
    ...document,
    color: "red",
    versions: [{ ...document.versions[0], codec: "zstd" }],
  });
  await fixture.put("a", "v2");
  assert.equal(fixture.pointer("a").color, "red");
  assert.deepEqual(fixture.pointer("a").versions.map(({ codec }: { codec: unknown }) => codec), [
    undefined,
    "zstd",
  ]);
});

Deno.test("put() and delete() do not touch a pointer that cannot be read", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  await fixture.put("b", "v1");
  const document = { ...fixture.pointer("a"), format: 2 };
  fixture.overwrite(`${ENTRIES}/a`, document);
  await rejects(fixture.put("a", "v2"), "broken");
  await rejects(fixture.store.put("a", bytesOf(""), { ...OPTIONS, expect: "present" }), "broken");
  await rejects(fixture.store.delete("a", OPTIONS), "broken");
  await rejects(fixture.get("a"), "broken");
  await nextTurn();
  assert.deepEqual(fixture.pointer("a"), document);
  assert.equal(fixture.blobs.length, 2);
  await fixture.put("b", "v2");
});

Deno.test("put() refuses a version that could not grow, and leaves it as it was", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const document = fixture.pointer("a");
  document.versions[0].version = String(2n ** 63n - 1n);
  fixture.overwrite(`${ENTRIES}/a`, document);
  await rejects(fixture.put("a", "v2"), "broken");
  assert.equal(await fixture.get("a"), "v1");
});

Deno.test("put() gives up on an entry that somebody else writes all the time", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const document = fixture.pointer("a");
  fixture.ensemble.onCommit = () => {};
  const { zk } = fixture;
  const multi = zk.multi.bind(zk);
  zk.multi = (steps, options) => {
    fixture.overwrite(`${ENTRIES}/a`, document);
    return multi(steps, options);
  };
  await rejects(fixture.put("a", "v2"), "unavailable");
  assert.equal(await fixture.get("a"), "v1");
  await nextTurn();
  assert.equal(fixture.blobs.length, 1);
});

Deno.test("put() makes parents again that somebody removed, for the same blobs", async () => {
  for (const removed of [ENTRIES, ROOT, `${NAMESPACE}/masterd`]) {
    const fixture = new StateFixture();
    await fixture.put("a", "v1");
    fixture.ensemble.remove(removed);
    const { isNew } = await fixture.store.put("a", bytesOf("v2"), OPTIONS);
    assert.ok(isNew);
    assert.equal(await fixture.successor().get("a"), "v2");
  }
});

Deno.test("put() creates every node with the ACL it is given", async () => {
  const fixture = new StateFixture({ acl: CREATOR_ACL });
  await fixture.put("a", "v1");
  fixture.ensemble.remove(`${NAMESPACE}/masterd`);
  await fixture.put("a", "v2");
  const nodes = [...fixture.ensemble.tree].filter(([path]) => path.includes("/masterd"));
  assert.equal(nodes.length, 4);
  for (const [path, { acl }] of nodes) assert.equal(acl, CREATOR_ACL, path);
});

Deno.test("put() of a former leader is refused, and its blob goes", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const next = fixture.successor();
  await rejects(fixture.put("a", "late"), "not-leading");
  await rejects(fixture.store.delete("a", OPTIONS), "not-leading");
  await nextTurn();
  assert.equal(await next.get("a"), "v1");
  assert.equal(next.blobs.length, 1);
});

Deno.test("put() of the same entry by many at once writes each, one after another", async () => {
  const fixture = new StateFixture({ historyLength: 100 });
  const puts = Array.from({ length: 30 }, (_, index) => fixture.put("a", `v${index}`));
  await Promise.all(puts);
  const history = await fixture.reader.history("a", OPTIONS);
  assert.equal(new Set(history.map(({ sha256 }) => sha256)).size, 30);
  assert.equal(fixture.pointer("a").versions.length, 30);
});

Deno.test("put() by many at once that expect the same is done by one", async () => {
  const fixture = new StateFixture();
  const puts = Array.from(
    { length: 10 },
    (_, index) => fixture.store.put("a", bytesOf(`v${index}`), { ...OPTIONS, expect: "absent" }),
  );
  const results = await Promise.allSettled(puts);
  const failures = results.filter((result) => result.status === "rejected");
  assert.equal(failures.length, 9);
  for (const { reason } of failures) assert.ok(isStateError(reason, "version-mismatch"));
  await nextTurn();
  assert.equal(fixture.blobs.length, 1);
});
