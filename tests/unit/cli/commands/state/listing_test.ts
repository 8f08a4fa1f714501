import assert from "node:assert/strict";
import { listVersions } from "../../../../../src/cli/commands/state/history.ts";
import { listEntries } from "../../../../../src/cli/commands/state/ls.ts";
import type { EntryList } from "../../../../../src/state/state_reader.ts";
import { FakeRun, versionOf } from "../../state/fake_run.ts";

function listing(list: EntryList, isJson = false): Promise<FakeRun> {
  return FakeRun.create({ reader: { list: () => Promise.resolve(list) }, isJson });
}

const ENTRIES = [{ name: "a", ...versionOf(3) }, {
  name: "longer",
  ...versionOf(12),
  length: 2048,
}];
const BROKEN = [{ name: "b\u001b[2J", problem: "its pointer cannot be read\nat all" }];

Deno.test("ls prints a line per entry under titles", async () => {
  await using fake = await listing({ entries: ENTRIES, broken: [] });
  assert.equal(await listEntries(fake.run), 0);
  assert.deepEqual(fake.out, [
    "NAME    VERSION  SIZE     EPOCH  WRITTEN",
    "a       3        7 B      3      2025-01-02T03:04:05.678Z",
    "longer  12       2.0 KiB  3      2025-01-02T03:04:05.678Z",
  ]);
});

Deno.test("ls names broken entries on standard error, exit code 1", async () => {
  await using fake = await listing({ entries: ENTRIES, broken: BROKEN });
  assert.equal(await listEntries(fake.run), 1);
  assert.equal(fake.out.length, 3);
  assert.deepEqual(fake.errors, ["masterd: b?[2J is broken: its pointer cannot be read?at all"]);
});

Deno.test("ls prints JSON in which numbers of 64 bits are text", async () => {
  await using fake = await listing({ entries: ENTRIES, broken: BROKEN }, true);
  await listEntries(fake.run);
  const { entries: [first], broken } = JSON.parse(fake.out.join(""));
  assert.deepEqual(first, { name: "a", ...versionOf(3), version: "3", epoch: "3" });
  assert.deepEqual(broken, BROKEN);
});

Deno.test("ls says that there is no entry, exit code 0", async () => {
  await using fake = await listing({ entries: [], broken: [] });
  assert.equal(await listEntries(fake.run), 0);
  assert.deepEqual([fake.out, fake.errors], [[], ["there is no entry"]]);
});

Deno.test("ls lets no text of others give orders to the terminal", async () => {
  const writtenAt = "\u001b]0;title\u0007";
  await using fake = await listing({ entries: [{ ...ENTRIES[0]!, writtenAt }], broken: [] });
  await listEntries(fake.run);
  assert.match(fake.out[1]!, / \?\]0;title\?$/);
});

Deno.test("history prints the versions, newest first", async () => {
  const versions = [versionOf(3), versionOf(2)];
  const reader = { history: () => Promise.resolve(versions) };
  await using fake = await FakeRun.create({ reader });
  assert.equal(await listVersions("a", fake.run), 0);
  const rows = fake.out.map((line) => line.split(/ {2,}/));
  assert.deepEqual(rows, [
    ["VERSION", "SIZE", "EPOCH", "WRITTEN", "SHA-256"],
    ["3", "7 B", "3", "2025-01-02T03:04:05.678Z", "0".repeat(64)],
    ["2", "7 B", "3", "2025-01-02T03:04:05.678Z", "0".repeat(64)],
  ]);
});

Deno.test("history prints JSON", async () => {
  const reader = { history: () => Promise.resolve([versionOf(3)]) };
  await using fake = await FakeRun.create({ reader, isJson: true });
  await listVersions("a", fake.run);
  const { name, versions } = JSON.parse(fake.out.join(""));
  assert.deepEqual([name, versions[0].version], ["a", "3"]);
});
