import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { checkEntries } from "../../../../../src/cli/commands/state/fsck.ts";
import type { DecodedPointer, VersionRecord } from "../../../../../src/state/pointer.ts";
import type { StateReader } from "../../../../../src/state/state_reader.ts";
import { MemoryStorage } from "../../../../support/memory_storage.ts";
import { FakeRun } from "../../state/fake_run.ts";

const IDENTITY = { stateId: "0123456789abcdef0123456789abcdef", url: "memory:///state" };
const FOLDER = `state-${IDENTITY.stateId}`;
const encoder = new TextEncoder();

function blobOf(name: string): string {
  return `${name}.42.1.9f86d081884c7d65`;
}

function record(name: string, content: string): VersionRecord {
  return {
    blob: blobOf(name),
    version: 1n,
    length: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
    epoch: 1n,
    writtenAt: "",
    other: {},
  };
}

/** A state with these entries, each with its content, and these blobs. */
function stateOf(
  entries: Readonly<Record<string, string>>,
  blobs: Readonly<Record<string, string>>,
): Partial<StateReader> {
  const storage = new MemoryStorage();
  storage.blobs.set(`${FOLDER}/marker`, encoder.encode(JSON.stringify(IDENTITY)));
  for (const [name, content] of Object.entries(blobs)) {
    storage.blobs.set(`${FOLDER}/${blobOf(name)}`, encoder.encode(content));
  }
  const pointers = new Map(
    Object.entries(entries).map(([name, content]): [string, DecodedPointer] => [name, {
      kind: "pointer",
      pointer: { versions: [record(name, content)], isDeleted: false, other: {} },
    }]),
  );
  return {
    storage,
    sync: () => Promise.resolve(),
    identity: () => Promise.resolve(IDENTITY),
    pointers: () => Promise.resolve(pointers),
    find: (name) => {
      const found = pointers.get(name);
      return Promise.resolve(found ? { ...found, nodeVersion: 0 } : { kind: "none" });
    },
  };
}

Deno.test("fsck says that all is well, exit code 0", async () => {
  await using fake = await FakeRun.create({ reader: stateOf({ a: "content" }, { a: "content" }) });
  assert.equal(await checkEntries({ readContents: true }, fake.run), 0);
  assert.deepEqual(fake.out, ["1 entry, 1 version, 7 B: 0 problems"]);
});

Deno.test("fsck prints problems, and what gc would remove, exit code 1", async () => {
  const blobs = { a: "damaged", other: "orphan" };
  await using fake = await FakeRun.create({ reader: stateOf({ a: "content", b: "x" }, blobs) });
  assert.equal(await checkEntries({ readContents: true }, fake.run), 1);
  assert.deepEqual(fake.out, [
    "NAME  VERSION  PROBLEM         DETAIL",
    "a     1        wrong-checksum  its blob does not have its checksum",
    "b     1        missing-blob    its blob is missing",
    "BLOB THAT NO ENTRY LEADS TO  SIZE",
    "other.42.1.9f86d081884c7d65  6 B",
    "2 entries, 2 versions, 8 B: 2 problems; `masterd state gc` would remove 1 blob (6 B) and end " +
    "0 deletions",
  ]);
});

Deno.test("fsck --quick reads no content", async () => {
  await using fake = await FakeRun.create({ reader: stateOf({ a: "content" }, { a: "damaged" }) });
  assert.equal(await checkEntries({ readContents: false }, fake.run), 0);
});

Deno.test("fsck prints JSON", async () => {
  const reader = stateOf({ a: "content" }, {});
  await using fake = await FakeRun.create({ reader, isJson: true });
  assert.equal(await checkEntries({ readContents: true }, fake.run), 1);
  const { stateId, problems: [problem], orphans } = JSON.parse(fake.out.join(""));
  assert.equal(stateId, IDENTITY.stateId);
  assert.deepEqual([problem.name, problem.version, problem.kind], ["a", "1", "missing-blob"]);
  assert.deepEqual(orphans, []);
});

Deno.test("fsck says that nothing was ever stored", async () => {
  const reader = { identity: () => Promise.resolve(undefined) };
  await using fake = await FakeRun.create({ reader });
  assert.equal(await checkEntries({ readContents: true }, fake.run), 0);
  assert.deepEqual(fake.out, ["nothing was ever stored"]);
});
