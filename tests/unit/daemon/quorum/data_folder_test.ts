import assert from "node:assert/strict";
import { join } from "node:path";
import {
  claimDataFolder,
  findDataFolder,
  replaceFile,
} from "../../../../src/daemon/quorum/data_folder.ts";

/** A folder with these files, and what the test does there. */
async function within(
  files: Record<string, string>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "masterd data " });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(join(folder, name, ".."), { recursive: true });
      await Deno.writeTextFile(join(folder, name), text);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const PLACES: [string, Record<string, string>, boolean, string][] = [
  ["takes the folder itself for a server alone", {}, false, ""],
  ["takes a folder below for one of several", {}, true, "2"],
  ["stays in the folder itself when neighbours come", { "myid": "2\n" }, true, ""],
  [
    "goes below when the folder is a neighbour's",
    { "myid": "1\n", "version-2/log.1": "" },
    true,
    "2",
  ],
  ["stays below when neighbours go", { "2/myid": "2", "1/myid": "1" }, false, "2"],
  ["takes data without a mark for a server alone", { "version-2/log.1": "" }, false, ""],
  ["reads a number, not a text", { "myid": " 02\r\n" }, true, ""],
  ["passes over an empty mark", { "2/myid": "" }, false, ""],
];

for (const [what, files, hasNeighbours, expected] of PLACES) {
  Deno.test(`findDataFolder() ${what}`, () =>
    within(files, async (folder) => {
      const found = await findDataFolder(folder, { id: 2, hasNeighbours });
      assert.equal(found, join(folder, expected));
    }));
}

for (const file of ["version-2/log.1", "masterd-zookeeper/lock"]) {
  Deno.test(`findDataFolder() refuses data of which nobody knows whose it is: ${file}`, () =>
    within({ [file]: "" }, async (folder) => {
      await assert.rejects(findDataFolder(folder, { id: 2, hasNeighbours: true }), {
        name: "ConfigError",
        message:
          `Cannot start ZooKeeper server 2: ${folder} holds data, and no myid there says of ` +
          `which server; write the id of that server into ${folder}/myid.`,
      });
    }));
}

Deno.test("findDataFolder() refuses to choose between two folders", () =>
  within({ "myid": "2", "2/myid": "2" }, async (folder) => {
    await assert.rejects(findDataFolder(folder, { id: 2, hasNeighbours: false }), {
      name: "ConfigError",
      message: /^Cannot start ZooKeeper server 2: both .* and .*\/2 say in myid/,
    });
  }));

Deno.test("claimDataFolder() makes the folder and writes the id once", () =>
  within({}, async (folder) => {
    const data = join(folder, "a", "b");
    assert.equal(await claimDataFolder(data, 0), true);
    const { mtime, ino } = await Deno.stat(join(data, "myid"));
    assert.equal(await claimDataFolder(data, 0), false);
    const after = await Deno.stat(join(data, "myid"));
    assert.deepEqual([after.mtime, after.ino], [mtime, ino]);
    assert.equal(await Deno.readTextFile(join(data, "myid")), "0\n");
    assert.deepEqual((await Array.fromAsync(Deno.readDir(data))).map(({ name }) => name), ["myid"]);
  }));

Deno.test("claimDataFolder() fills a mark that a crash left empty", () =>
  within({ "myid": "" }, async (folder) => {
    assert.equal(await claimDataFolder(folder, 7), true);
    assert.equal(await Deno.readTextFile(join(folder, "myid")), "7\n");
  }));

Deno.test("claimDataFolder() lets one of several have a folder", () =>
  within({}, async (folder) => {
    const ids = [1, 2, 3, 4];
    const results = await Promise.allSettled(ids.map((id) => claimDataFolder(folder, id)));
    const winners = ids.filter((_, index) => results[index]!.status === "fulfilled");
    assert.deepEqual(winners, [Number(await Deno.readTextFile(join(folder, "myid")))]);
  }));

for (const [text, shown] of [["3\n", "3"], ["x y", '"x y"'], ["0003", "3"], ["-1", '"-1"']]) {
  Deno.test(`claimDataFolder() refuses the data of ${shown}`, () =>
    within({ "myid": text! }, async (folder) => {
      await assert.rejects(claimDataFolder(folder, 7), {
        name: "ConfigError",
        message:
          `Cannot start ZooKeeper server 7: ${folder}/myid says that the data is of server ` +
          `${shown}.`,
      });
      assert.equal(await Deno.readTextFile(join(folder, "myid")), text);
    }));
}

Deno.test("claimDataFolder() tells what it cannot create or read", () =>
  within({ "file": "" }, async (folder) => {
    const below = join(folder, "file", "data");
    await assert.rejects(claimDataFolder(below, 7), {
      name: "StartError",
      message: `Cannot read ${below}/myid`,
    });
    await Deno.mkdir(join(folder, "myid"));
    await assert.rejects(claimDataFolder(folder, 7), {
      name: "StartError",
      message: `Cannot read ${folder}/myid`,
    });
  }));

Deno.test("replaceFile() leaves nothing beside the file", () =>
  within({ "zoo.cfg": "old" }, async (folder) => {
    await replaceFile(join(folder, "zoo.cfg"), "new");
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    assert.deepEqual(names, ["zoo.cfg"]);
    assert.equal(await Deno.readTextFile(join(folder, "zoo.cfg")), "new");
    const { mode } = await Deno.stat(join(folder, "zoo.cfg"));
    assert.equal(mode! & 0o777, 0o600, "a zoo.cfg may hold passwords");
  }));
