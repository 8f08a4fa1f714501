import assert from "node:assert/strict";
import type { StorageErrorKind } from "../../../src/storage/errors.ts";
import { ENTRIES, forever, StateFixture } from "./state_fixture.ts";

const OPTIONS = { required: [], signal: forever };

async function setUp(names = ["a", "b", "c"]) {
  const former = new StateFixture();
  for (const name of names) await former.put(name, `content of ${name}`);
  const fixture = former.successor();
  const { storage, store } = fixture;
  const blobOf = (name: string) =>
    [...storage.blobs.keys()].find((blob) => blob.includes(`/${name}.`))!;
  return { former, fixture, storage, store, blobOf };
}

Deno.test("recover() of a cluster without state misses what is required", async () => {
  const { store } = new StateFixture();
  assert.deepEqual(await store.recover({ ...OPTIONS, required: ["a"] }), {
    entries: 0,
    broken: [],
    missing: ["a"],
  });
});

Deno.test("recover() counts entries and misses required ones that are not there or deleted", async () => {
  const { store, storage } = await setUp();
  storage.faults.push({ act: "delete", kind: "failed" });
  await store.delete("c", OPTIONS);
  assert.deepEqual(await store.recover({ ...OPTIONS, required: ["a", "c", "d"] }), {
    entries: 2,
    broken: [],
    missing: ["c", "d"],
  });
});

Deno.test("recover() names every broken entry, and looks at the others", async () => {
  const { fixture, store, storage, blobOf } = await setUp(["a", "b", "c", "d", "e"]);
  storage.blobs.delete(blobOf("a"));
  storage.blobs.set(blobOf("b"), new Uint8Array(3));
  fixture.overwrite(`${ENTRIES}/c`, { format: 2 });
  storage.blobs.set(blobOf("d"), new Uint8Array("content of d".length));
  assert.deepEqual(await store.recover({ ...OPTIONS, required: ["a", "d"] }), {
    entries: 5,
    broken: [
      { name: "a", problem: "a is broken: its blob is missing" },
      { name: "b", problem: "b is broken: its blob has 3 bytes of 12" },
      {
        name: "c",
        problem: "its pointer cannot be read: it has the format 2, this masterd knows 1",
      },
      { name: "d", problem: "d is broken: its blob does not have its checksum" },
    ],
    missing: [],
  });
});

Deno.test("recover() reads to their end only entries that are required", async () => {
  const { store, storage, blobOf } = await setUp();
  storage.blobs.set(blobOf("b"), new Uint8Array("content of b".length));
  assert.deepEqual((await store.recover({ ...OPTIONS, required: ["a"] })).broken, []);
});

for (const kind of ["failed", "denied"] as const) {
  Deno.test(`recover() counts an entry as broken whose blob cannot be read (${kind})`, async () => {
    const { store, storage } = await setUp();
    storage.faults.push({ act: "read", name: "/b.", kind });
    const { entries, broken } = await store.recover({ ...OPTIONS, required: ["a", "b", "c"] });
    assert.equal(entries, 3);
    assert.deepEqual(broken, [{ name: "b", problem: `Cannot read b: Cannot read: ${kind}` }]);
  });
}

const UNKNOWN: [act: "read" | "list", kind: StorageErrorKind][] = [
  ["read", "unavailable"],
  ["read", "timeout"],
  ["list", "failed"],
  ["list", "unavailable"],
];

for (const [act, kind] of UNKNOWN) {
  Deno.test(`recover() calls nothing broken when the storage cannot be asked (${act}, ${kind})`, async () => {
    const { store, storage } = await setUp();
    storage.faults.push({ act, kind });
    await assert.rejects(store.recover({ ...OPTIONS, required: ["a"] }), { kind: "storage" });
  });
}

Deno.test("recover() refuses a storage that is not the one of this state", async () => {
  const { store, storage } = await setUp();
  storage.blobs.clear();
  await assert.rejects(store.recover(OPTIONS), { kind: "wrong-storage" });
});
