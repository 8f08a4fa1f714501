import assert from "node:assert/strict";
import { checkState } from "../../../src/state/check.ts";
import { StateReader } from "../../../src/state/state_reader.ts";
import { MemoryStorage } from "../../support/memory_storage.ts";
import { FakeZooKeeper } from "./fake_zookeeper.ts";
import { nextTurn } from "./event_loop.ts";
import { bytesOf, ENTRIES, forever, NAMESPACE, StateFixture } from "./state_fixture.ts";

const OPTIONS = { readContents: true, signal: forever };

async function setUp(names = ["a", "b"]) {
  const fixture = new StateFixture();
  for (const name of names) {
    for (const text of ["older", "newer"]) await fixture.put(name, `${text} ${name}`);
  }
  const { storage, store, reader } = fixture;
  const blobsOf = (name: string) =>
    [...storage.blobs.keys()].filter((blob) => blob.includes(`/${name}.`)).reverse();
  const check = (options: Partial<Parameters<typeof checkState>[1]> = {}) =>
    checkState(reader, { ...OPTIONS, ...options });
  return { fixture, storage, store, check, blobsOf };
}

Deno.test("checkState() of a cluster without state finds nothing", async () => {
  const { reader } = new StateFixture();
  assert.deepEqual(await checkState(reader, OPTIONS), {
    stateId: null,
    entries: 0,
    versions: 0,
    bytes: 0,
    problems: [],
    orphans: [],
    unfinishedDeletions: [],
  });
});

Deno.test("checkState() counts what is whole", async () => {
  const { check } = await setUp();
  const { stateId, ...rest } = await check();
  assert.match(stateId!, /^[0-9a-f]{32}$/);
  assert.deepEqual(rest, {
    entries: 2,
    versions: 4,
    bytes: 28,
    problems: [],
    orphans: [],
    unfinishedDeletions: [],
  });
});

Deno.test("checkState() names every version that is damaged, and how", async () => {
  const { fixture, storage, check, blobsOf } = await setUp(["a", "b", "c", "d", "e"]);
  storage.blobs.delete(blobsOf("a")[1]!);
  storage.blobs.set(blobsOf("b")[0]!, new Uint8Array(3));
  storage.blobs.set(blobsOf("c")[0]!, new Uint8Array("newer c".length));
  storage.faults.push({ act: "read", name: "/d.", kind: "failed" });
  fixture.overwrite(`${ENTRIES}/e`, "garbage");
  const { problems, entries, versions } = await check();
  assert.deepEqual(
    problems.map(({ name, kind, version, detail }) => [name, kind, version !== null, detail]),
    [
      ["a", "missing-blob", true, "its blob is missing"],
      ["b", "wrong-length", true, "its blob has 3 bytes of 7"],
      ["c", "wrong-checksum", true, "its blob does not have its checksum"],
      ["d", "unreadable-blob", true, "Cannot read: failed"],
      [
        "e",
        "unreadable-pointer",
        false,
        "its pointer cannot be read: it is no JSON object",
      ],
    ],
  );
  assert.deepEqual({ entries, versions }, { entries: 5, versions: 8 });
});

Deno.test("checkState() without contents finds what is missing or of another length", async () => {
  const { storage, check, blobsOf } = await setUp(["a", "b", "c"]);
  storage.blobs.delete(blobsOf("a")[0]!);
  storage.blobs.set(blobsOf("b")[0]!, new Uint8Array(30));
  storage.blobs.set(blobsOf("c")[0]!, new Uint8Array("newer c".length));
  const { problems } = await check({ readContents: false });
  assert.deepEqual(problems.map(({ name, kind }) => `${name} ${kind}`), [
    "a missing-blob",
    "b wrong-length",
  ]);
});

Deno.test("checkState() names orphans and deletions that were not finished, and changes nothing", async () => {
  const { fixture, storage, store, check, blobsOf } = await setUp();
  const folder = blobsOf("a")[0]!.split("/")[0]!;
  storage.blobs.set(`${folder}/c.1.1.0123456789abcdef`, new Uint8Array(3));
  storage.blobs.set(`${folder}/notes.txt`, new Uint8Array(3));
  storage.faults.push({ act: "delete", kind: "failed" });
  await store.delete("b", { signal: forever });
  const before = [...storage.blobs.keys()];
  const { orphans, unfinishedDeletions, entries, problems } = await check();
  assert.deepEqual(orphans, [{ name: "c.1.1.0123456789abcdef", length: 3 }]);
  assert.deepEqual(unfinishedDeletions, ["b"]);
  assert.deepEqual(problems, []);
  assert.equal(entries, 1);
  assert.deepEqual([...storage.blobs.keys()], before);
  assert.equal(fixture.pointer("b").deleted, true);
});

Deno.test("checkState() reports progress up to the end, also where something is damaged", async () => {
  for (const readContents of [true, false]) {
    const { storage, check, blobsOf } = await setUp();
    storage.blobs.set(blobsOf("b")[0]!, new Uint8Array(100));
    storage.blobs.delete(blobsOf("a")[0]!);
    const seen: number[] = [];
    await check({
      readContents,
      onProgress: (done, total) => {
        assert.equal(total, 28);
        seen.push(done);
      },
    });
    assert.equal(seen[0], 0);
    assert.equal(seen.at(-1), 28);
    assert.deepEqual(seen, seen.toSorted((one, other) => one - other));
  }
});

Deno.test("checkState() gives no false problems beside a leader that writes", async () => {
  const fixture = new StateFixture({ historyLength: 1 });
  for (const name of ["a", "b", "c"]) await fixture.put(name, "v0");
  const zk = new FakeZooKeeper(fixture.ensemble, 99n);
  zk.isLagging = true;
  const storage = new MemoryStorage(fixture.storage);
  let count = 0;
  storage.turn = async () => {
    if (++count % 2 === 0) return;
    await fixture.put("a", `v${count}`);
    await fixture.put("b", `v${count}`);
    if (count % 3 === 0) await fixture.store.delete("c", { signal: forever });
    else await fixture.put("c", `v${count}`);
    await nextTurn();
  };
  const reader = new StateReader({ zk: zk.asZooKeeper, namespace: NAMESPACE, storage });
  const { problems } = await checkState(reader, OPTIONS);
  assert.deepEqual(problems, []);
  assert.ok(count > 3);
});

Deno.test("checkState() fails when the storage is another one, or cannot be asked", async () => {
  const { storage, check, blobsOf } = await setUp();
  storage.faults.push({ act: "read", name: blobsOf("a")[0], kind: "unavailable" });
  await assert.rejects(check(), { kind: "storage" });
  storage.blobs.clear();
  await assert.rejects(check(), { kind: "wrong-storage" });
});

Deno.test("checkState() ends with its signal", async () => {
  const { storage, check } = await setUp();
  storage.faults.push({ act: "list", kind: "hang" });
  const stop = new AbortController();
  const checking = check({ signal: stop.signal });
  await nextTurn();
  stop.abort(new Error("enough"));
  await assert.rejects(checking, /enough/);
});

Deno.test("checkState() reads contents that are longer than one piece", async () => {
  const { store, check } = await setUp(["a"]);
  await store.put("b", bytesOf("x".repeat(100_000), 10_000), { signal: forever });
  assert.deepEqual((await check()).problems, []);
});
