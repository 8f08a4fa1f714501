import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { manyPieces, pieces, textOf } from "./contents.ts";
import { StorageFixture } from "./file_storage_fixture.ts";

async function listed(fixture: StorageFixture, folder = "state") {
  const found = await Array.fromAsync(fixture.storage.list(folder, fixture));
  return found.sort((one, other) => one.name.localeCompare(other.name));
}

const modeOf = async (path: string) => (await Deno.stat(path)).mode! & 0o777;

Deno.test("write() makes the folders and the blob, for their owner alone", async () => {
  await using fixture = await StorageFixture.create();
  const { storage, root } = fixture;
  await storage.write("state/a", pieces("one", "two"), fixture);
  assert.equal(await Deno.readTextFile(`${root}/state/a`), "onetwo");
  assert.deepEqual(await fixture.names(), ["a"]);
  assert.equal(await modeOf(`${root}/state/a`), 0o600);
  for (const folder of [`${root}/..`, root, `${root}/state`]) {
    assert.equal(await modeOf(folder), 0o700);
  }
  assert.equal(storage.url, `file://${root}`);
});

Deno.test("write() keeps each new folder, the blob and its name through a crash", async () => {
  await using fixture = await StorageFixture.create();
  await fixture.storage.write("state/a", pieces("one"), fixture);
  assert.deepEqual(fixture.failing.calls, [
    "create",
    ...["makeFolder", "makeFolder", "makeFolder"],
    ...["syncFolder", "makeFolder", "syncFolder", "makeFolder", "syncFolder"],
    ...["create", "seal", "link", "remove", "syncFolder"],
  ]);
});

Deno.test("write() writes empty blobs, and blobs beside folders", async () => {
  await using fixture = await StorageFixture.create();
  await fixture.storage.write("empty", pieces(), fixture);
  assert.equal(await Deno.readTextFile(fixture.path("empty")), "");
  assert.equal(await fixture.text("empty"), "");
});

Deno.test("write() refuses a name that is taken and leaves its blob alone", async () => {
  await using fixture = await StorageFixture.create();
  await fixture.storage.write("state/a", pieces("one"), fixture);
  await assert.rejects(fixture.storage.write("state/a", pieces("two"), fixture), {
    name: "StorageError",
    kind: "exists",
    message: `Cannot write ${fixture.path("state/a")}: the name is taken (EEXIST)`,
  });
  assert.deepEqual(await fixture.names(), ["a"]);
  assert.equal(await fixture.text("state/a"), "one");
});

Deno.test("write() of one name by many lets one of them win", async () => {
  await using fixture = await StorageFixture.create();
  const writes = ["one", "two", "three", "four"].map((text) =>
    fixture.storage.write("state/a", pieces(text), fixture).then(() => text)
  );
  const settled = await Promise.allSettled(writes);
  const won = settled.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  assert.equal(won.length, 1);
  assert.equal(await fixture.text("state/a"), won[0]);
  assert.deepEqual(await fixture.names(), ["a"]);
});

Deno.test("a large blob comes back as it was, in pieces, and is flushed on its way", async () => {
  await using fixture = await StorageFixture.create();
  await fixture.storage.write("state/a", manyPieces(300, 65_537), fixture);
  assert.equal(fixture.failing.calls.filter((call) => call === "flush").length, 2);
  const expected = manyPieces(300, 65_537);
  let wanted: Uint8Array = new Uint8Array();
  for await (const piece of fixture.storage.read("state/a", fixture)) {
    assert.ok(piece.length <= 262_144);
    for (let at = 0; at < piece.length;) {
      if (wanted.length === 0) wanted = (await expected.next()).value!;
      const count = Math.min(piece.length - at, wanted.length);
      assert.deepEqual(piece.subarray(at, at + count), wanted.subarray(0, count));
      wanted = wanted.subarray(count);
      at += count;
    }
  }
  assert.equal(wanted.length, 0);
  assert.equal((await expected.next()).done, true);
});

Deno.test("read() closes a blob that is not read to its end", async () => {
  await using fixture = await StorageFixture.create();
  await fixture.storage.write("state/a", manyPieces(10, 65_536), fixture);
  for await (const piece of fixture.storage.read("state/a", fixture)) {
    assert.equal(piece.length, 65_536);
    break;
  }
  assert.deepEqual(fixture.failing.calls.slice(-2), ["open", "close"]);
});

Deno.test("read() closes a blob whose signal aborts while nobody asks for more", async () => {
  await using fixture = await StorageFixture.create();
  const { failing, storage } = fixture;
  await storage.write("state/a", manyPieces(10, 65_536), fixture);
  const stop = new AbortController();
  const reading = storage.read("state/a", stop);
  await reading.next();
  stop.abort(new Error("enough"));
  await until(() => failing.calls, (calls) => calls.includes("close"));
  await assert.rejects(reading.next(), { message: "enough" });
});

Deno.test("read() of no blob fails when it is asked for bytes", async () => {
  await using fixture = await StorageFixture.create();
  const missing = { name: "StorageError", kind: "not-found" };
  const content = fixture.storage.read("state/a", fixture);
  assert.deepEqual(fixture.failing.calls, []);
  await assert.rejects(textOf(content), missing);
  await fixture.storage.write("state/b", pieces("one"), fixture);
  await assert.rejects(fixture.text("state/a"), {
    ...missing,
    message: `There is no ${fixture.path("state/a")}`,
  });
});

Deno.test("list() tells names and lengths of blobs, and of nothing else", async () => {
  await using fixture = await StorageFixture.create();
  assert.deepEqual(await listed(fixture), []);
  for (let index = 10; index < 50; index++) {
    await fixture.storage.write(`state/blob${index}`, manyPieces(1, index), fixture);
  }
  await Deno.writeTextFile(fixture.path("state/.unfinished-x"), "x");
  await Deno.writeTextFile(fixture.path("state/other name"), "x");
  await Deno.mkdir(fixture.path("state/folder"));
  await Deno.symlink("/etc/passwd", fixture.path("state/link"));
  const expected = Array.from({ length: 40 }, (_, index) => index + 10)
    .map((length) => ({ name: `blob${length}`, length }));
  assert.deepEqual(await listed(fixture), expected);
});

Deno.test("list() leaves out what is deleted meanwhile", async () => {
  await using fixture = await StorageFixture.create();
  await fixture.storage.write("state/a", pieces("one"), fixture);
  fixture.failing.fail("stat", { code: "ENOENT" });
  assert.deepEqual(await listed(fixture), []);
});

Deno.test("delete() deletes a blob, and does nothing if it is gone", async () => {
  await using fixture = await StorageFixture.create();
  await fixture.storage.delete("state/a", fixture);
  await fixture.storage.write("state/a", pieces("one"), fixture);
  await fixture.storage.delete("state/a", fixture);
  await fixture.storage.delete("state/a", fixture);
  assert.deepEqual(await fixture.names(), []);
});

Deno.test("nothing outside the folder can be named", async () => {
  await using fixture = await StorageFixture.create();
  const { storage } = fixture;
  for (const name of ["../a", "state/../../a", "/etc/passwd", ".hidden", "a/b/c", ""]) {
    const refused = { name: "StorageError", kind: "misconfigured" };
    await assert.rejects(storage.write(name, pieces("x"), fixture), refused);
    await assert.rejects(fixture.text(name), refused);
    await assert.rejects(storage.delete(name, fixture), refused);
    await assert.rejects(listed(fixture, name), refused);
    await assert.rejects(storage.removeUnfinished(name, fixture), refused);
  }
  assert.deepEqual(fixture.failing.calls, []);
});

Deno.test("removeUnfinished() deletes what dead writers left, and only that", async () => {
  await using fixture = await StorageFixture.create();
  const { storage } = fixture;
  assert.deepEqual(await storage.removeUnfinished("state", fixture), []);
  await storage.write("state/a", pieces("one"), fixture);
  const left = `.unfinished-${crypto.randomUUID()}`;
  for (const name of [left, ".nfs0001", ".unfinished-", ".other"]) {
    await Deno.writeTextFile(fixture.path("state", name), "x");
  }
  const hold = Promise.withResolvers<void>();
  fixture.failing.fail("seal", { until: hold.promise });
  const writing = storage.write("state/b", pieces("two"), fixture);
  assert.deepEqual(await storage.removeUnfinished("state", fixture), [left]);
  hold.resolve();
  await writing;
  assert.deepEqual(await fixture.names(), [".nfs0001", ".other", ".unfinished-", "a", "b"]);
});
