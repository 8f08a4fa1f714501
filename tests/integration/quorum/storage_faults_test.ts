import assert from "node:assert/strict";
import { canTrace, traced } from "../storage/injected_fault.ts";
import { canMount, smallFileSystem } from "../storage/private_mount.ts";
import { TestFolder } from "../../unit/daemon/test_folder.ts";
import { fill, OpenedStore } from "../../unit/quorum/storage/opened_store.ts";
import { assertWhole, RunningStore } from "./running_store.ts";

const LOG = "0000000000000001.log";

for (
  const { call, when, code, fact } of [
    { call: "fdatasync", when: 5, code: "EIO", fact: "flush PATH: the device failed (EIO)" },
    { call: "fdatasync", when: 3, code: "ENOSPC", fact: "flush PATH: no space is left (ENOSPC)" },
    { call: "write", when: 4, code: "EIO", fact: "write PATH: the device failed (EIO)" },
    { call: "write", when: 4, code: "EDQUOT", fact: "write PATH: the quota is used up (EDQUOT)" },
  ]
) {
  Deno.test({
    name: `a ${call} of the log that ends with ${code} ends it all (where we may trace)`,
    ignore: !canTrace,
    async fn() {
      await using folder = await TestFolder.create();
      await OpenedStore.open(folder.path()).then((opened) => opened[Symbol.asyncDispose]());
      const path = folder.path(LOG);
      // Only one call fails: whoever asked again would be told that all is well.
      const prefix = traced({ call, effect: `error=${code}:when=${when}`, path });
      await using running = new RunningStore(folder.path(), { prefix });
      assert.equal(await running.ended(), 74);
      assert.deepEqual(running.told, [`failed ${code} Cannot ${fact.replace("PATH", path)}`]);
      assert.ok(running.durableZxid > 0n);
      await using opened = await OpenedStore.open(folder.path());
      assert.equal(opened.records.size, Number(running.durableZxid), "nothing more may come back");
    },
  });
}

const SNAPSHOT = "0000000000000001.snapshot";

for (const call of ["fsync", "rename"]) {
  Deno.test({
    name: `a snapshot whose ${call} fails is not there, and the log goes on (where we may trace)`,
    ignore: !canTrace,
    async fn() {
      await using folder = await TestFolder.create();
      const path = folder.path(`${SNAPSHOT}.tmp`);
      const told = await takeSnapshot(
        folder.path(),
        10,
        traced({ call, effect: "error=EIO", path }),
      );
      const act = call === "fsync" ? `write ${folder.path(SNAPSHOT)}` : `rename ${path}`;
      assert.deepEqual(told, [
        `StorageFailedError EIO Cannot ${act}: the device failed (EIO)`,
        "durable 2",
      ]);
      await using opened = await OpenedStore.open(folder.path());
      assert.deepEqual([...opened.records.values()], ["one", "two"]);
    },
  });
}

Deno.test({
  name: "a snapshot that finds no space is not there, and the log goes on (where we may mount)",
  ignore: !canMount,
  async fn() {
    await using folder = await TestFolder.create();
    const small = smallFileSystem(folder.path(), "1m").prefix!;
    assert.deepEqual(await takeSnapshot(folder.path(), 3_000_000, small), [
      `StorageFailedError ENOSPC Cannot write ${folder.path(SNAPSHOT)}: no space is left (ENOSPC)`,
      "durable 2",
    ]);
  },
});

async function takeSnapshot(
  folder: string,
  bytes: number,
  prefix: readonly string[],
): Promise<string[]> {
  const child = new URL("./snapshot_child.ts", import.meta.url).pathname;
  const deno = [Deno.execPath(), "run", "-A", "--no-check"];
  const [program, ...args] = [...prefix, ...deno, child, folder, `${bytes}`];
  const { stdout } = await new Deno.Command(program!, { args, stderr: "inherit" }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

Deno.test({
  name: "a full file system ends the log, and what was durable is there (where we may mount)",
  ignore: !canMount,
  async fn() {
    await using folder = await TestFolder.create();
    const copy = folder.path("copy");
    // The small file system goes with the process: what it holds is taken out of it at the end.
    const small = smallFileSystem(folder.path("small"), "2m").prefix!;
    await Deno.mkdir(folder.path("small"));
    const script = '"$@"; code=$?; cp -r "$0" "$COPY"; exit $code';
    const keep = ["env", `COPY=${copy}`, "sh", "-c", script, folder.path("small")];
    await using running = new RunningStore(folder.path("small"), { prefix: [...small, ...keep] });
    assert.equal(await running.ended(), 74);
    assert.match(running.told[0]!, /^failed ENOSPC Cannot write .*: no space is left \(ENOSPC\)$/);
    assert.ok(running.durableZxid > 100n);
    await assertWhole(copy, running.durableZxid);
  },
});

Deno.test({
  name: "open() says that there is no space for a log (where we may mount)",
  ignore: !canMount,
  async fn() {
    await using folder = await TestFolder.create();
    // Two pages: that of another file, and that of the lock.
    const fill = ["sh", "-c", 'echo >"$0/other" && exec "$@"', folder.path()];
    const { prefix } = smallFileSystem(folder.path(), "8k");
    assert.match(
      await failureOfOpen(folder.path(), [...prefix!, ...fill]),
      /^StorageFailedError: Cannot write .*: no space is left \(ENOSPC\)$/,
    );
  },
});

Deno.test({
  name: "open() says that a folder is read-only (where we may mount)",
  ignore: !canMount,
  async fn() {
    await using folder = await TestFolder.create();
    const remount = ["sh", "-c", 'mount -o remount,ro "$0" && exec "$@"', folder.path()];
    const small = smallFileSystem(folder.path(), "1m").prefix!;
    assert.equal(
      await failureOfOpen(folder.path(), [...small, ...remount]),
      `StorageFailedError: Cannot lock ${folder.path("lock")}: ` +
        "the file system is read-only (EROFS)",
    );
  },
});

Deno.test({
  name: "open() fails if names in the folder do not reach the disk (where we may trace)",
  ignore: !canTrace,
  async fn() {
    await using folder = await TestFolder.create();
    const prefix = traced({ call: "fsync", effect: "error=EIO", path: folder.path() });
    assert.equal(
      await failureOfOpen(folder.path(), prefix),
      `StorageFailedError: Cannot flush ${folder.path()}: the device failed (EIO)`,
    );
    const inside = folder.path("data");
    assert.equal(
      await failureOfOpen(inside, prefix),
      `StorageFailedError: Cannot flush ${folder.path()}: the device failed (EIO)`,
    );
  },
});

Deno.test({
  name:
    "open() fails if what a killed server has written does not reach the disk (where we may trace)",
  ignore: !canTrace,
  async fn() {
    await using folder = await TestFolder.create();
    await fill(folder.path(), [[1n, "one"]]);
    const path = folder.path(LOG);
    assert.equal(
      await failureOfOpen(folder.path(), traced({ call: "fsync", effect: "error=EIO", path })),
      `StorageFailedError: Cannot write ${path}: the device failed (EIO)`,
    );
  },
});

Deno.test("a folder that a process uses is refused to another, and free when that was killed", async () => {
  await using folder = await TestFolder.create();
  await using running = new RunningStore(folder.path());
  await running.until((line) => line.startsWith("durable "));
  assert.match(
    await failureOfOpen(folder.path(), []),
    /^DataFolderError: Another server, process \d+, uses \S+$/,
  );
  await running.kill();
  await assertWhole(folder.path(), running.durableZxid);
});

/** What a process says that cannot open a store. */
async function failureOfOpen(folder: string, prefix: readonly string[]): Promise<string> {
  const module = import.meta.resolve("../../../src/quorum/storage/mod.ts");
  const code = `import { Store } from "${module}";
    try {
      const { signal } = new AbortController();
      const { records } = await Store.open(Deno.args[0], { lockLimitMs: 200 }, signal);
      await Array.fromAsync(records);
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }
    Deno.exit();`;
  const deno = [Deno.execPath(), "eval", "--no-check", code];
  const [program, ...args] = [...prefix, ...deno, folder];
  const { stdout } = await new Deno.Command(program!, { args }).output();
  return new TextDecoder().decode(stdout).trimEnd();
}
