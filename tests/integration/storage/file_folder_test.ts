import assert from "node:assert/strict";
import { FileStorage } from "../../../src/storage/file_storage.ts";
import { until } from "../../support/until.ts";
import { recordedLog } from "../../unit/daemon/fakes.ts";
import { TestFolder } from "../../unit/daemon/test_folder.ts";
import { pieces, textOf } from "../../unit/storage/contents.ts";
import { FaultyStorage } from "./faulty_storage.ts";

const options = { signal: new AbortController().signal };

function open(root: string): FileStorage {
  return new FileStorage(root, { timeoutMs: 10_000, logger: recordedLog().logger });
}

async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();
}

Deno.test("a folder that is removed meanwhile is made again, and its blobs are gone", async () => {
  await using folder = await TestFolder.create();
  const root = folder.path("root");
  await using storage = open(root);
  await storage.write("state/old", pieces("old"), options);
  await Deno.remove(root, { recursive: true });
  await assert.rejects(textOf(storage.read("state/old", options)), { kind: "not-found" });
  assert.deepEqual(await Array.fromAsync(storage.list("state", options)), []);
  await storage.delete("state/old", options);
  await storage.write("state/new", pieces("new"), options);
  assert.equal(await textOf(storage.read("state/new", options)), "new");
  await assert.rejects(textOf(storage.read("state/old", options)), { kind: "not-found" });
});

Deno.test("a folder that is removed under a write makes it fail, and the next one not", async () => {
  await using folder = await TestFolder.create();
  const root = folder.path("root");
  await using storage = open(root);
  async function* content() {
    yield new Uint8Array(10);
    await Deno.remove(root, { recursive: true });
    yield new Uint8Array(10);
  }
  await assert.rejects(storage.write("state/new", content(), options), {
    name: "StorageError",
    kind: "failed",
    message: `Cannot write ${root}/state/new: ` +
      "the folder, or something in it, was removed meanwhile (ENOENT)",
  });
  await storage.write("state/new", pieces("new"), options);
  assert.deepEqual(await namesIn(`${root}/state`), ["new"]);
});

Deno.test("a file in the place of the folder is said to be one", async () => {
  await using folder = await TestFolder.create();
  const root = folder.path("root");
  await Deno.writeTextFile(root, "a file");
  await using storage = open(root);
  const wrong = (act: string) => ({
    name: "StorageError",
    kind: "misconfigured",
    message: `Cannot ${act}: a part of the path is no folder (ENOTDIR)`,
  });
  const path = `${root}/state/a`;
  await assert.rejects(storage.write("state/a", pieces("x"), options), wrong(`write ${path}`));
  await assert.rejects(textOf(storage.read("state/a", options)), wrong(`read ${path}`));
  await assert.rejects(storage.delete("state/a", options), wrong(`delete ${path}`));
  await assert.rejects(
    Array.fromAsync(storage.list("state", options)),
    wrong(`list ${root}/state`),
  );
  assert.equal(await Deno.readTextFile(root), "a file");
});

Deno.test("read() gives what is there of a blob that was damaged", async () => {
  await using folder = await TestFolder.create();
  const root = folder.path("root");
  await using storage = open(root);
  await storage.write("state/a", pieces("one two three"), options);
  await Deno.truncate(`${root}/state/a`, 7);
  assert.equal(await textOf(storage.read("state/a", options)), "one two");
  await Deno.writeTextFile(`${root}/state/a`, "one twO");
  assert.equal(await textOf(storage.read("state/a", options)), "one twO");
  const [info] = await Array.fromAsync(storage.list("state", options));
  assert.deepEqual(info, { name: "a", length: 7 });
});

Deno.test("a blob of a writer that is killed is not seen, and can be removed", async () => {
  await using folder = await TestFolder.create();
  const root = folder.path("root");
  await using storage = open(root);
  await storage.write("state/old", pieces("old"), options);
  {
    await using writer = await FaultyStorage.start(root);
    await writer.begin({ act: "write", name: "state/new", length: 1e9 });
    await until(() => namesIn(`${root}/state`), (names) => names.length === 2);
  }
  const [left] = await namesIn(`${root}/state`);
  assert.match(left!, /^\.unfinished-/);
  assert.deepEqual(await Array.fromAsync(storage.list("state", options)), [
    { name: "old", length: 3 },
  ]);
  assert.deepEqual(await storage.removeUnfinished("state", options), [left]);
  assert.deepEqual(await namesIn(`${root}/state`), ["old"]);
});

Deno.test("a writer whose unfinished blob is removed by another one fails clearly", async () => {
  await using folder = await TestFolder.create();
  const root = folder.path("root");
  await using storage = open(root);
  await using other = open(root);
  async function* content() {
    yield new Uint8Array(10);
    assert.equal((await other.removeUnfinished("state", options)).length, 1);
    yield new Uint8Array(10);
  }
  await assert.rejects(storage.write("state/new", content(), options), {
    kind: "failed",
    message: /was removed meanwhile/,
  });
  assert.deepEqual(await namesIn(`${root}/state`), []);
});
