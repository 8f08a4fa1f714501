import assert from "node:assert/strict";
import { TestFolder } from "../../daemon/test_folder.ts";
import { fill, OpenedStore } from "./opened_store.ts";

const FIRST = "0000000000000001.log";

/** A folder with three files of the log and two snapshots. */
async function longFolder(): Promise<TestFolder> {
  const folder = await TestFolder.create();
  await using opened = await OpenedStore.open(folder.path());
  for (const zxid of [1n, 2n]) {
    await opened.write(zxid, `record ${zxid}`);
    await opened.takeSnapshot(`state ${zxid}`);
  }
  await opened.write(3n, "record 3");
  return folder;
}

async function flip(path: string, offset: number): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[offset]! ^= 0x10;
  await Deno.writeFile(path, bytes);
}

Deno.test("open() refuses a log with a flipped byte, and names the file and the offset", async () => {
  await using folder = await TestFolder.create();
  await fill(folder.path(), [[1n, "one"], [2n, "two"]]);
  await flip(folder.path(FIRST), 64 + 20);
  await assert.rejects(OpenedStore.open(folder.path()), {
    name: "CorruptDataError",
    message: `The data is corrupt: ${folder.path(FIRST)}, offset 64: the batch here does not ` +
      "check, the one at 111 does",
  });
});

Deno.test("open() proves the last batch of a server that was killed: damage to it is noticed from then on", async () => {
  await using folder = await TestFolder.create();
  await fill(folder.path(), [[1n, "one"], [2n, "two"]]);
  // The batch of the second record ends at 158, what proves it follows.
  await Deno.truncate(folder.path(FIRST), 158);
  await fill(folder.path(), []);
  await flip(folder.path(FIRST), 157);
  await assert.rejects(OpenedStore.open(folder.path()), {
    name: "CorruptDataError",
    message: /offset 111: the batch here does not check, the one at 158 does$/,
  });
});

Deno.test("open() cuts off what did not become durable, and says so in a line", async () => {
  await using folder = await TestFolder.create();
  await fill(folder.path(), [[1n, "one"]]);
  const whole = await Deno.readFile(folder.path(FIRST));
  await Deno.writeFile(folder.path(FIRST), new TextEncoder().encode("MdQb torn"), { append: true });
  {
    await using opened = await OpenedStore.open(folder.path());
    assert.deepEqual([...opened.records], [[1n, "one"]]);
    assert.match(opened.log, /WARN .* torn end of the log cut off file=\S+ offset=\d+ bytes=9\n/);
  }
  assert.deepEqual(await Deno.readFile(folder.path(FIRST)), whole);
});

Deno.test("open() takes zeros at the end for what they are: nothing was lost", async () => {
  await using folder = await TestFolder.create();
  await fill(folder.path(), [[1n, "one"]]);
  await Deno.truncate(folder.path(FIRST), 3_000_000);
  await using opened = await OpenedStore.open(folder.path());
  assert.equal(opened.records.size, 1);
  assert.equal(opened.log, "");
  assert.ok((await Deno.stat(folder.path(FIRST))).size < 1000);
});

Deno.test("open() cuts off stale bytes of the same place of another file", async () => {
  await using folder = await TestFolder.create();
  await fill(folder.path("one"), [[1n, "one"], [2n, "two"]]);
  await fill(folder.path("other"), [[1n, "one"], [2n, "lie"]]);
  const stale = (await Deno.readFile(folder.path("other", FIRST))).subarray(111);
  const mixed = (await Deno.readFile(folder.path("one", FIRST))).subarray(0, 111);
  await Deno.writeFile(folder.path("one", FIRST), new Uint8Array([...mixed, ...stale]));
  await using opened = await OpenedStore.open(folder.path("one"));
  assert.deepEqual([...opened.records], [[1n, "one"]]);
});

Deno.test("open() refuses stale bytes of the same place of an earlier time", async () => {
  await using folder = await TestFolder.create();
  await fill(folder.path(), [[1n, "one"], [2n, "two"]]);
  const old = await Deno.readFile(folder.path(FIRST));
  await Deno.truncate(folder.path(FIRST), 64);
  await fill(folder.path(), [[1n, "new"]]);
  const mixed = (await Deno.readFile(folder.path(FIRST))).subarray(0, 111);
  await Deno.writeFile(folder.path(FIRST), new Uint8Array([...mixed, ...old.subarray(111)]));
  await assert.rejects(OpenedStore.open(folder.path()), {
    name: "CorruptDataError",
    message: /offset 111: the batch here does not follow the one before$/,
  });
});

Deno.test("open() uses the older snapshot if the newest does not check, and sets that one aside", async () => {
  await using folder = await longFolder();
  await flip(folder.path("0000000000000002.snapshot"), 70);
  await using opened = await OpenedStore.open(folder.path());
  assert.equal(opened.snapshot, "state 1");
  assert.deepEqual([...opened.records.keys()], [2n, 3n]);
  assert.match(opened.log, /snapshot cannot be used, .*0000000000000002.snapshot, offset 64: /);
  assert.ok((await folder.names()).includes("0000000000000002.snapshot.damaged"));
});

Deno.test("open() reads the whole log if no snapshot checks", async () => {
  await using folder = await longFolder();
  await flip(folder.path("0000000000000001.snapshot"), 3);
  await Deno.truncate(folder.path("0000000000000002.snapshot"), 80);
  await using opened = await OpenedStore.open(folder.path());
  assert.equal(opened.snapshot, undefined);
  assert.deepEqual([...opened.records.keys()], [1n, 2n, 3n]);
});

Deno.test("open() refuses a snapshot that does not check if the log does not go back far enough", async () => {
  await using folder = await longFolder();
  await flip(folder.path("0000000000000001.snapshot"), 70);
  await flip(folder.path("0000000000000002.snapshot"), 70);
  await Deno.remove(folder.path(FIRST));
  await assert.rejects(OpenedStore.open(folder.path()), {
    name: "CorruptDataError",
    message: /0000000000000002.snapshot, offset 64: .*; without that snapshot no file of the log/,
  });
  const left = await folder.names();
  assert.ok(left.includes("0000000000000002.snapshot"), "a start that is refused changes nothing");
});

for (
  const [removed, refusal] of [
    ["0000000000000002.log", /0000000000000001.log, offset \d+: the log goes on in a file that is/],
    ["0000000000000003.log", /0000000000000002.log, offset \d+: the log goes on in a file that is/],
    ["*.log", /no file of the log in \S+ holds what follows from zxid 0x3 on/],
  ] as const
) {
  Deno.test(`open() refuses a log that lacks ${removed}`, async () => {
    await using folder = await longFolder();
    const names = removed === "*.log" ? await folder.names() : [removed];
    for (const name of names.filter((name) => name.endsWith(".log"))) {
      await Deno.remove(folder.path(name));
    }
    if (removed === "0000000000000002.log") {
      for (const name of ["0000000000000001.snapshot", "0000000000000002.snapshot"]) {
        await Deno.remove(folder.path(name));
      }
    }
    await assert.rejects(OpenedStore.open(folder.path()), {
      name: "CorruptDataError",
      message: refusal,
    });
  });
}

Deno.test("open() refuses a log that ends before what a snapshot shows", async () => {
  await using folder = await TestFolder.create();
  await fill(folder.path(), [[1n, "one"], [2n, "two"]]);
  const short = await Deno.readFile(folder.path(FIRST));
  {
    await using opened = await OpenedStore.open(folder.path());
    await opened.write(3n, "three");
    await opened.takeSnapshot("state 3");
  }
  await Deno.writeFile(folder.path(FIRST), short);
  await assert.rejects(OpenedStore.open(folder.path()), {
    name: "CorruptDataError",
    message: /offset 190: the log ends before zxid 0x3, which was durable$/,
  });
});

Deno.test("open() refuses a file of another database", async () => {
  await using folder = await longFolder();
  await using other = await longFolder();
  const name = "0000000000000003.log";
  await Deno.copyFile(other.path(name), folder.path(name));
  await assert.rejects(OpenedStore.open(folder.path()), {
    name: "CorruptDataError",
    message: /0000000000000003.log, offset 0: the file is of another database than /,
  });
});

Deno.test("a crash between the making of a file and the end of the one before loses nothing", async () => {
  await using folder = await TestFolder.create();
  {
    await using opened = await OpenedStore.open(folder.path());
    await opened.write(1n, "one");
    await opened.takeSnapshot("state");
    await opened.write(2n, "two");
  }
  // As if the end of the first file had not been written: an empty batch of 32 bytes.
  const { size } = await Deno.stat(folder.path(FIRST));
  await Deno.truncate(folder.path(FIRST), size - 10);
  await Deno.remove(folder.path("0000000000000001.snapshot"));
  await using opened = await OpenedStore.open(folder.path());
  assert.deepEqual([...opened.records.keys()], [1n, 2n]);
});
