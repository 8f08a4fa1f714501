import assert from "node:assert/strict";
import { StateReader } from "../../../src/state/state_reader.ts";
import { MemoryStorage } from "../../support/memory_storage.ts";
import { FakeZooKeeper } from "./fake_zookeeper.ts";
import { nextTurn } from "./event_loop.ts";
import {
  bytesOf,
  ENTRIES,
  forever,
  NAMESPACE,
  rejects,
  ROOT,
  StateFixture,
  textOf,
} from "./state_fixture.ts";

const OPTIONS = { signal: forever };

/** Somebody who only reads, over a session and a storage of its own. */
function readerOf({ ensemble, storage }: StateFixture, own = new MemoryStorage(storage)) {
  const zk = new FakeZooKeeper(ensemble, 99n);
  const reader = new StateReader({ zk: zk.asZooKeeper, namespace: NAMESPACE, storage: own });
  return { zk, reader, storage: own };
}

function onlyBlob(fixture: StateFixture): string {
  return [...fixture.storage.blobs.keys()].find((name) => !name.endsWith("marker"))!;
}

Deno.test("list() of a cluster without state is empty", async () => {
  const { reader } = new StateFixture();
  assert.deepEqual(await reader.list(OPTIONS), { entries: [], broken: [] });
  await rejects(reader.get("a", OPTIONS), "not-found");
  await rejects(reader.history("a", OPTIONS), "not-found");
});

Deno.test("list() names broken entries beside the others, and no deleted ones", async () => {
  const fixture = new StateFixture();
  for (const name of ["c", "a", "b", "d"]) await fixture.put(name, name);
  fixture.storage.faults.push({ act: "delete", kind: "failed" });
  await fixture.store.delete("d", OPTIONS);
  fixture.overwrite(`${ENTRIES}/b`, "x".repeat(100_000));
  const { entries, broken } = await fixture.reader.list(OPTIONS);
  assert.deepEqual(entries.map(({ name }) => name), ["a", "c"]);
  assert.deepEqual(broken, [{
    name: "b",
    problem: "its pointer cannot be read: it is no JSON object",
  }]);
});

Deno.test("get() gives each version that is kept", async () => {
  const fixture = new StateFixture();
  for (const text of ["v1", "v2"]) await fixture.put("a", text);
  const [newest, older] = await fixture.reader.history("a", OPTIONS);
  const get = async (version: bigint) =>
    await textOf((await fixture.reader.get("a", { version, ...OPTIONS })).content);
  assert.equal(await get(newest!.version), "v2");
  assert.equal(await get(older!.version), "v1");
  const error = await rejects(get(older!.version - 1n), "not-found");
  assert.match(error.message, /There is no version \d+ of a, or not any more/);
});

Deno.test("get() of an entry whose blob is missing says that it is broken", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  fixture.storage.blobs.delete(onlyBlob(fixture));
  assert.match((await rejects(fixture.get("a"), "broken")).message, /its blob is missing/);
});

Deno.test("get() blames the storage if that is not the right one", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const { reader } = readerOf(fixture, new MemoryStorage({ url: "file:///elsewhere" }));
  const error = await rejects(reader.get("a", OPTIONS), "wrong-storage");
  assert.match(error.message, /memory:\/\/\/state.*file:\/\/\/elsewhere/);
});

Deno.test("get() never gives the whole of a content that is damaged", async () => {
  const text = "x".repeat(10_000);
  const damages: Record<string, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array> = {
    "its blob has 9999 bytes of 10000": (bytes) => bytes.slice(1),
    "its blob has 0 bytes of 10000": () => new Uint8Array(),
    "longer than 10000 bytes": (bytes) => Uint8Array.of(...bytes, 0),
    "does not have its checksum": (bytes) => bytes.with(9999, 0),
  };
  for (const [problem, damage] of Object.entries(damages)) {
    const fixture = new StateFixture();
    await fixture.store.put("a", bytesOf(text, 4096), OPTIONS);
    const blob = onlyBlob(fixture);
    const bytes = Uint8Array.from(fixture.storage.blobs.get(blob)!);
    fixture.storage.blobs.set(blob, damage(bytes));
    const { content } = await fixture.reader.get("a", OPTIONS);
    let read = 0;
    const reading = async () => {
      for await (const piece of content) read += piece.length;
    };
    assert.ok((await rejects(reading(), "broken")).message.includes(problem), problem);
    assert.ok(read < 10_000);
  }
});

Deno.test("get() tells a failure of the storage in the middle of a content", async () => {
  const fixture = new StateFixture();
  await fixture.store.put("a", bytesOf("x".repeat(10_000), 4096), OPTIONS);
  fixture.storage.faults.push({ act: "read", kind: "failed", afterBytes: 5000 });
  const { content } = await fixture.reader.get("a", OPTIONS);
  assert.match((await rejects(textOf(content), "storage")).message, /^Cannot read a: .*failed/);
  fixture.storage.faults.push({ act: "read", kind: "timeout" });
  await rejects(fixture.reader.get("a", OPTIONS), "storage");
});

Deno.test("get() reads the next version when that replaces the one it was about to read", async () => {
  const fixture = new StateFixture({ historyLength: 1 });
  await fixture.put("a", "v1");
  const { reader, storage } = readerOf(fixture);
  let hasReplaced = false;
  storage.turn = async () => {
    if (hasReplaced) return;
    hasReplaced = true;
    await fixture.put("a", "v2");
    await nextTurn();
  };
  assert.equal(await textOf((await reader.get("a", OPTIONS)).content), "v2");
});

Deno.test("get() does not call an entry broken whose pointer its server has not seen replaced yet", async () => {
  const fixture = new StateFixture({ historyLength: 1 });
  await fixture.put("a", "v1");
  const { reader, zk } = readerOf(fixture);
  zk.isLagging = true;
  await fixture.put("a", "v2");
  await nextTurn();
  assert.equal(await textOf((await reader.get("a", OPTIONS)).content), "v2");
  await fixture.store.delete("a", OPTIONS);
  await rejects(reader.get("a", OPTIONS), "not-found");
});

Deno.test("get() gives up on an entry that changes faster than it can be read", async () => {
  const fixture = new StateFixture({ historyLength: 1 });
  await fixture.put("a", "v0");
  const { reader, storage } = readerOf(fixture);
  storage.turn = async () => {
    await fixture.put("a", "next");
    await nextTurn();
  };
  await rejects(reader.get("a", OPTIONS), "unavailable");
});

Deno.test("get() ends with its signal", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  const { storage, reader } = fixture;
  storage.faults.push({ act: "read", kind: "hang" });
  const stop = new AbortController();
  const getting = reader.get("a", { signal: stop.signal });
  await nextTurn();
  stop.abort(new Error("enough"));
  await assert.rejects(getting, /enough/);
});

Deno.test("no method takes entries without a folder for no entries", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  fixture.overwrite(ROOT, "");
  const next = fixture.successor();
  const { store, reader } = next;
  await rejects(reader.get("a", OPTIONS), "broken");
  await rejects(store.recover({ required: [], ...OPTIONS }), "broken");
  await rejects(store.collect({ graceMs: 0, isDryRun: false, ...OPTIONS }), "broken");
  await rejects(next.put("b", "v1"), "broken");
  await rejects(store.delete("a", OPTIONS), "broken");
  assert.equal(next.blobs.length, 1);
});

Deno.test("no method touches a state that another version of masterd has made", async () => {
  const fixture = new StateFixture();
  await fixture.put("a", "v1");
  fixture.overwrite(ROOT, { format: 2, folders: [] });
  const next = fixture.successor();
  const error = await rejects(next.put("b", "v1"), "broken");
  assert.match(error.message, /was written by another program, or by another version of masterd/);
  await rejects(next.get("a"), "broken");
});
