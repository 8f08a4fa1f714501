import assert from "node:assert/strict";
import { TestFolder } from "../../daemon/test_folder.ts";
import { fill, OpenedStore } from "./opened_store.ts";

const TWO: [bigint, string][] = [[1n, "one"], [2n, "two"]];

Deno.test("open() gives back what was durable, after any number of starts", async () => {
  await using folder = await TestFolder.create();
  const data = folder.path("a", "b");
  await fill(data, TWO);
  await fill(data, [[3n, ""]]);
  await using opened = await OpenedStore.open(data);
  assert.deepEqual([...opened.records], [...TWO, [3n, ""]]);
  assert.equal(opened.snapshot, undefined);
  assert.equal(opened.store.durableZxid, 3n);
  assert.equal(opened.log, "");
});

Deno.test("append() copies, and records of one turn become durable together", async () => {
  await using folder = await TestFolder.create();
  const told: bigint[] = [];
  {
    await using opened = await OpenedStore.open(folder.path("data"));
    opened.store.onDurable((zxid) => told.push(zxid));
    const payload = new TextEncoder().encode("kept");
    for (const zxid of [1n, 2n, 3n]) opened.store.append(zxid, payload);
    payload.fill(0);
    assert.equal(opened.store.backlogBytes, 3 * (12 + 4));
    await opened.durable(3n);
    assert.equal(opened.store.backlogBytes, 0);
  }
  assert.deepEqual(told, [3n]);
  await using opened = await OpenedStore.open(folder.path("data"));
  assert.deepEqual([...opened.records.values()], ["kept", "kept", "kept"]);
});

Deno.test("close() makes durable what was appended", async () => {
  await using folder = await TestFolder.create();
  {
    await using opened = await OpenedStore.open(folder.path("data"));
    opened.append(1n, "last");
  }
  await using opened = await OpenedStore.open(folder.path("data"));
  assert.deepEqual([...opened.records], [[1n, "last"]]);
});

Deno.test("append() refuses a zxid that does not follow, and anything before the start is read", async () => {
  await using folder = await TestFolder.create();
  await fill(folder.path("data"), TWO);
  await using opened = await OpenedStore.open(folder.path("data"));
  assert.throws(() => opened.append(2n, "again"), /2 does not follow 2/);
});

Deno.test("a large record and batches larger than one write come back whole", async () => {
  await using folder = await TestFolder.create();
  const large = "x".repeat(5_000_000);
  {
    await using opened = await OpenedStore.open(folder.path("data"));
    for (const zxid of [1n, 2n, 3n]) opened.append(zxid, large);
    await opened.durable(3n);
    await opened.write(4n, "small");
  }
  await using opened = await OpenedStore.open(folder.path("data"));
  assert.deepEqual([...opened.records.keys()], [1n, 2n, 3n, 4n]);
  assert.equal(opened.records.get(3n), large);
});

Deno.test("a log that has grown goes on in another file, and all of it is read", async () => {
  await using folder = await TestFolder.create();
  {
    await using opened = await OpenedStore.open(folder.path(), { segmentBytes: 200 });
    for (let zxid = 1n; zxid <= 20n; zxid++) await opened.write(zxid, `record ${zxid}`);
  }
  const logs = (await folder.names()).filter((name) => name.endsWith(".log"));
  assert.ok(logs.length > 4, logs.join());
  await using opened = await OpenedStore.open(folder.path());
  assert.equal(opened.records.size, 20);
});

Deno.test("snapshot() shortens the next start, and keeps the snapshots before it with their log", async () => {
  await using folder = await TestFolder.create();
  {
    await using opened = await OpenedStore.open(folder.path(), { snapshotsKept: 2 });
    for (let zxid = 1n; zxid <= 7n; zxid += 2n) {
      await opened.write(zxid, "before");
      await opened.store.snapshot(function* () {
        yield new TextEncoder().encode(`state ${zxid}`);
        opened.append(zxid + 1n, "meanwhile");
      }());
    }
  }
  assert.deepEqual(await folder.names(), [
    "0000000000000005.snapshot",
    "0000000000000006.log",
    "0000000000000007.snapshot",
    "0000000000000008.log",
    "lock",
  ]);
  await using opened = await OpenedStore.open(folder.path());
  assert.equal(opened.snapshot, "state 7");
  assert.deepEqual([...opened.records], [[8n, "meanwhile"]]);
});

Deno.test("snapshot() appears only when all that its pieces may show is durable", async () => {
  await using folder = await TestFolder.create();
  await using opened = await OpenedStore.open(folder.path());
  opened.append(1n, "one");
  await opened.store.snapshot(function* () {
    yield new Uint8Array(1);
    // What came while the snapshot was taken: the start needs it, too.
    opened.append(2n, "two");
  }());
  assert.equal(opened.store.durableZxid, 2n);
  assert.ok((await folder.names()).includes("0000000000000001.snapshot"));
});

Deno.test("snapshot() that fails or is given up leaves nothing, and the log goes on", async () => {
  await using folder = await TestFolder.create();
  await using opened = await OpenedStore.open(folder.path());
  await opened.write(1n, "one");
  const failing = function* () {
    yield new Uint8Array(1);
    throw new Error("no more");
  };
  await assert.rejects(opened.store.snapshot(failing()), /no more/);
  const signal = AbortSignal.abort(new Error("given up"));
  await assert.rejects(opened.store.snapshot([new Uint8Array(1)], signal), /given up/);
  await opened.write(2n, "two");
  assert.deepEqual((await folder.names()).filter((name) => !name.endsWith(".log")), ["lock"]);
});

Deno.test("a file of the log that cannot be made is no failure: the one before goes on", async () => {
  await using folder = await TestFolder.create();
  {
    await using opened = await OpenedStore.open(folder.path(), { segmentBytes: 100 });
    await opened.write(1n, "one");
    await Deno.mkdir(folder.path("0000000000000002.log.tmp"));
    for (let zxid = 2n; zxid <= 9n; zxid++) await opened.write(zxid, "more");
    assert.match(opened.log, /WARN .* cannot start another file of the log, this one goes on/);
  }
  assert.equal((await folder.names()).filter((name) => name.endsWith(".log")).length > 1, true);
  await using opened = await OpenedStore.open(folder.path());
  assert.equal(opened.records.size, 9);
});

Deno.test("open() leaves files of others alone, and removes its own that are not whole", async () => {
  await using folder = await TestFolder.create();
  const foreign = ["myid", "notes.tmp", "0000000000000001.log.bak", "snapshot"];
  const unfinished = ["0000000000000009.log.tmp", "0000000000000009.snapshot.tmp"];
  for (const name of [...foreign, ...unfinished]) await Deno.writeTextFile(folder.path(name), "x");
  await fill(folder.path(), TWO);
  assert.deepEqual(await folder.names(), [...foreign, "0000000000000001.log", "lock"].sort());
});

for (const name of ["log.1", "version-2/log.1", "version-2/snapshot.0"]) {
  Deno.test(`open() refuses data of Apache ZooKeeper: ${name}`, async () => {
    await using folder = await TestFolder.create();
    await Deno.mkdir(folder.path("version-2"));
    await Deno.writeTextFile(folder.path(name), "ZKLG");
    await assert.rejects(OpenedStore.open(folder.path()), {
      name: "DataFolderError",
      message: `${folder.path(name)} is a file of Apache ZooKeeper, whose data this server ` +
        "cannot read: give it another folder",
    });
  });
}

Deno.test("open() refuses a folder that another server uses, and takes it when that one has gone", async () => {
  await using folder = await TestFolder.create();
  {
    await using _first = await OpenedStore.open(folder.path());
    await assert.rejects(OpenedStore.open(folder.path(), { lockLimitMs: 50 }), {
      name: "DataFolderError",
      message: `Another server, process ${Deno.pid}, uses ${folder.path()}`,
    });
  }
  await using _second = await OpenedStore.open(folder.path());
});

Deno.test("open() says what is in the way of a folder", async () => {
  await using folder = await TestFolder.create();
  await Deno.writeTextFile(folder.path("file"), "");
  await assert.rejects(OpenedStore.open(folder.path("file")), { name: "StorageFailedError" });
});
