import assert from "node:assert/strict";
import { TransactionError } from "zookeeper";
import { nextTurn } from "./event_loop.ts";
import { bytesOf, ENTRIES, forever, rejects, StateFixture } from "./state_fixture.ts";

const OPTIONS = { signal: forever };

for (const kind of ["lost-before", "lost-after"] as const) {
  Deno.test(`put() is written once when the answer is ${kind} it took effect`, async () => {
    const fixture = new StateFixture();
    for (const text of ["v1", "v2"]) {
      fixture.zk.faults.push({ operation: "multi", path: "/entries/", kind });
      const { entry, isNew } = await fixture.store.put("a", bytesOf(text), OPTIONS);
      assert.equal(isNew, text === "v1");
      const [newest] = await fixture.reader.history("a", OPTIONS);
      assert.equal(newest?.version, entry.version);
      assert.equal(newest?.sha256, entry.sha256);
    }
    assert.equal((await fixture.reader.history("a", OPTIONS)).length, 2);
  });

  Deno.test(`put() with an expectation is settled when the answer is ${kind} it took effect`, async () => {
    const fixture = new StateFixture();
    fixture.zk.faults.push({ operation: "multi", path: "/entries/", kind });
    const { entry: { version } } = await fixture.store.put("a", bytesOf("v1"), {
      ...OPTIONS,
      expect: "absent",
    });
    fixture.zk.faults.push({ operation: "multi", path: "/entries/", kind });
    await fixture.store.put("a", bytesOf("v2"), { ...OPTIONS, expect: { version } });
    assert.equal(await fixture.get("a"), "v2");
  });

  Deno.test(`delete() is settled when the answer is ${kind} it took effect`, async () => {
    const fixture = new StateFixture();
    await fixture.put("a", "v1");
    for (let count = 0; count < 2; count++) {
      fixture.zk.faults.push({ operation: "multi", path: "/entries/", kind });
    }
    await fixture.store.delete("a", OPTIONS);
    assert.equal(fixture.pointer("a"), undefined);
    assert.deepEqual(fixture.blobs, []);
  });
}

Deno.test("put() with a history of one says of what it replaced that it was not new", async () => {
  const fixture = new StateFixture({ historyLength: 1 });
  await fixture.put("a", "v1");
  fixture.zk.faults.push({ operation: "multi", path: "/entries/", kind: "lost-after" });
  const { isNew } = await fixture.store.put("a", bytesOf("v2"), OPTIONS);
  await nextTurn();
  assert.equal(isNew, false);
  assert.equal(fixture.blobs.length, 1);
});

Deno.test("put() finds its version also below one that a new leader has written meanwhile", async () => {
  const fixture = new StateFixture();
  const { entry: { version } } = await fixture.store.put("a", bytesOf("v1"), OPTIONS);
  const takeOver = () => {
    fixture.ensemble.remove(fixture.latch);
    const document = fixture.pointer("a");
    const [newest] = document.versions;
    const blob = "a.9.1.0123456789abcdef";
    const versions = [{ ...newest, version: String(version + 2n), blob }, ...document.versions];
    fixture.overwrite(`${ENTRIES}/a`, { ...document, versions });
  };
  const { faults } = fixture.zk;
  faults.push({ operation: "multi", kind: "lost-after" });
  faults.push({
    operation: "multi",
    kind: "BadVersion",
    then: () => {
      takeOver();
      throw new TransactionError("BadVersion", { kind: "check", path: ENTRIES }, 1);
    },
  });
  const { entry } = await fixture.store.put("a", bytesOf("v2"), {
    ...OPTIONS,
    expect: { version },
  });
  await nextTurn();
  assert.equal(entry.version, version + 1n);
  assert.deepEqual(
    fixture.pointer("a").versions.map(({ version }: { version: string }) => version),
    [
      String(version + 2n),
      String(version + 1n),
      String(version),
    ],
  );
  assert.equal(fixture.blobs.length, 2);
});

Deno.test("put() does not say that it did nothing when a new leader may have replaced what it wrote", async () => {
  for (const expect of [undefined, "absent"] as const) {
    const fixture = new StateFixture({ historyLength: 1 });
    const { faults } = fixture.zk;
    const takeOver = () => {
      fixture.ensemble.remove(fixture.latch);
      const document = fixture.pointer("a");
      const blob = "a.9.1.0123456789abcdef";
      fixture.overwrite(`${ENTRIES}/a`, {
        ...document,
        versions: [{ ...document.versions[0], version: "99999999999", blob }],
      });
    };
    faults.push({ operation: "multi", path: "/entries/", kind: "lost-after" });
    faults.push({
      operation: "multi",
      path: "/entries/",
      kind: "NodeExists",
      then: () => {
        takeOver();
        throw new TransactionError("NodeExists", { kind: "check", path: ENTRIES }, 1);
      },
    });
    await rejects(fixture.store.put("a", bytesOf("v1"), { ...OPTIONS, expect }), "unknown-outcome");
  }
});

Deno.test("put() replaces nothing that somebody else wrote behind its back", async () => {
  const fixture = new StateFixture();
  const { entry: { version } } = await fixture.store.put("a", bytesOf("v1"), OPTIONS);
  const document = fixture.pointer("a");
  const changed = { ...document, note: "by hand" };
  const byHand = () => fixture.overwrite(`${ENTRIES}/a`, changed);
  fixture.zk.faults.push({ operation: "multi", kind: "lost-before", then: byHand });
  await fixture.store.put("a", bytesOf("v2"), { ...OPTIONS, expect: { version } });
  assert.equal(fixture.pointer("a").note, "by hand");
  assert.equal(fixture.pointer("a").versions.length, 2);
});

Deno.test("put() and delete() say that the leader leads no more when its session is over", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  fixture.ensemble.expire(1n);
  await rejects(fixture.put("a", "v2"), "not-leading");
  await rejects(fixture.store.delete("a", OPTIONS), "not-leading");
  await rejects(fixture.store.collect({ graceMs: 0, isDryRun: false, ...OPTIONS }), "not-leading");
});

Deno.test("put() with an unknown outcome keeps its blob, and the next leader settles it", async () => {
  for (const kind of ["lost-before", "lost-after"] as const) {
    const fixture = new StateFixture();
    await fixture.put("a", "v1");
    const then = () => fixture.ensemble.expire(1n);
    fixture.zk.faults.push({ operation: "multi", kind, then });
    await rejects(fixture.put("a", "v2"), "unknown-outcome");
    await nextTurn();
    assert.equal(fixture.blobs.length, 2);
    const next = fixture.successor();
    assert.equal(await next.get("a"), kind === "lost-after" ? "v2" : "v1");
    await next.store.collect({ graceMs: 0, isDryRun: false, ...OPTIONS });
    assert.equal(next.blobs.length, kind === "lost-after" ? 2 : 1);
  }
});
