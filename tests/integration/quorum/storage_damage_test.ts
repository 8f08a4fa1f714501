import assert from "node:assert/strict";
import { CorruptDataError } from "../../../src/quorum/storage/mod.ts";
import { TestFolder } from "../../unit/daemon/test_folder.ts";
import { fill, OpenedStore } from "../../unit/quorum/storage/opened_store.ts";

const LOG = "0000000000000001.log";
const RECORDS: [bigint, string][] = [[1n, "one"], [2n, ""], [3n, "three"]];

/** Starts with these bytes as the log: the records that are there, or undefined for a refusal. */
async function recordsOf(folder: TestFolder, log: Uint8Array): Promise<string[] | undefined> {
  await Deno.writeFile(folder.path(LOG), log);
  try {
    await using opened = await OpenedStore.open(folder.path());
    return [...opened.records.values()];
  } catch (error) {
    if (!(error instanceof CorruptDataError)) throw error;
    assert.ok(error.message.includes(folder.path(LOG)), error.message);
    return undefined;
  }
}

async function smallLog(folder: TestFolder): Promise<Uint8Array> {
  await fill(folder.path(), RECORDS);
  return await Deno.readFile(folder.path(LOG));
}

Deno.test("a log that is cut anywhere gives back all records that are whole", async () => {
  await using folder = await TestFolder.create();
  const log = await smallLog(folder);
  let before = 0;
  for (let length = 64; length <= log.length; length++) {
    const records = await recordsOf(folder, log.subarray(0, length));
    assert.ok(records !== undefined, `refused at ${length}`);
    assert.ok(records.length - before === 0 || records.length - before === 1, `at ${length}`);
    assert.deepEqual(records, RECORDS.slice(0, records.length).map(([, text]) => text));
    before = records.length;
  }
  assert.equal(before, RECORDS.length);
});

Deno.test("a log that is cut within its header is refused", async () => {
  await using folder = await TestFolder.create();
  const log = await smallLog(folder);
  for (let length = 0; length < 64; length++) {
    assert.equal(await recordsOf(folder, log.subarray(0, length)), undefined);
  }
});

Deno.test("a flipped bit anywhere is refused, or takes nothing that was durable", async () => {
  await using folder = await TestFolder.create();
  const log = await smallLog(folder);
  const all = RECORDS.map(([, text]) => text);
  let refusals = 0;
  for (let offset = 0; offset < log.length; offset++) {
    const damaged = log.slice();
    damaged[offset]! ^= 1 << (offset % 8);
    const records = await recordsOf(folder, damaged);
    if (records === undefined) refusals++;
    else assert.deepEqual(records, all, `byte ${offset}`);
  }
  // Only the last batch, which is empty, may be taken for one that did not become durable.
  assert.equal(refusals, log.length - 32);
});

Deno.test("a batch of which any part is missing goes as a whole", async () => {
  await using folder = await TestFolder.create();
  await fill(folder.path(), [[1n, "one"]]);
  const { size } = await Deno.stat(folder.path(LOG));
  {
    await using opened = await OpenedStore.open(folder.path());
    opened.append(2n, "two");
    opened.append(3n, "three");
    await opened.durable(3n);
  }
  // Without the empty batch that proves it: as a crash leaves it before it was told to be durable.
  const log = (await Deno.readFile(folder.path(LOG))).slice(0, -32);
  for (let hole = size; hole < log.length; hole++) {
    const holed = log.slice();
    if (holed[hole] === 0) continue;
    holed[hole] = 0;
    assert.deepEqual(await recordsOf(folder, holed), ["one"], `hole at ${hole}`);
  }
});

Deno.test("a flipped bit anywhere in the newest snapshot lets the one before it do", async () => {
  await using folder = await TestFolder.create();
  const newest = "0000000000000002.snapshot";
  {
    await using opened = await OpenedStore.open(folder.path());
    for (const zxid of [1n, 2n]) {
      await opened.write(zxid, `record ${zxid}`);
      await opened.takeSnapshot("state ", `${zxid}`);
    }
  }
  const whole = await Deno.readFile(folder.path(newest));
  for (let offset = 0; offset < whole.length; offset++) {
    const damaged = whole.slice();
    damaged[offset]! ^= 1 << (offset % 8);
    await Deno.writeFile(folder.path(newest), damaged);
    await using opened = await OpenedStore.open(folder.path());
    assert.equal(opened.snapshot, "state 1", `byte ${offset}`);
    assert.deepEqual([...opened.records.values()], ["record 2"]);
  }
});
