import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { assertUnharmed, FaultyStorage, folderWithOldBlob } from "./faulty_storage.ts";
import { canTrace, held } from "./injected_fault.ts";

const NEW = { act: "write", name: "state/new", length: 100_000 } as const;
const READ_OLD = { act: "read", name: "state/old" } as const;

async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name);
}

// What is held goes on only when the test says so: an answer that comes before then is proof enough that
// the event loop did not wait for it, however slow the host is.
for (const call of ["fsync", "linkat"]) {
  Deno.test({
    name: `write() is given up while ${call} takes long, and undone after it (where we may trace)`,
    ignore: !canTrace,
    async fn() {
      await using folder = await folderWithOldBlob();
      const root = folder.path("root");
      await using storage = await FaultyStorage.start(root, {
        prefix: held({ call }),
        timeoutMs: 300,
      });
      assert.deepEqual((await storage.obey(NEW)).failure, {
        kind: "timeout",
        message: `Cannot write ${root}/state/new: nothing moved for 300 ms`,
      });
      await storage.release();
      await until(() => namesIn(`${root}/state`), (names) => names.length === 1);
      await using healed = await FaultyStorage.start(root);
      await assertUnharmed(healed);
    },
  });
}

// Deno opens and closes files on the thread that asks; that must not be the one of the daemon.
for (const call of ["readlink", "openat", "close", "read"]) {
  Deno.test({
    name: `the event loop runs while ${call} takes long (where we may trace)`,
    ignore: !canTrace,
    async fn() {
      await using folder = await folderWithOldBlob();
      const prefix = held({ call, path: folder.path("root/state/old") });
      const root = folder.path("root");
      await using storage = await FaultyStorage.start(root, { prefix, timeoutMs: 300 });
      assert.equal((await storage.obey(READ_OLD)).failure?.kind, "timeout");
      await storage.release();
      await until(() => storage.obey(NEW), ({ failure }) => failure === undefined);
    },
  });
}

Deno.test("a blob whose opening never ends stops nothing for ever", async () => {
  await using folder = await folderWithOldBlob();
  const pipe = folder.path("root/state/pipe");
  await new Deno.Command("mkfifo", { args: [pipe] }).output();
  await using storage = await FaultyStorage.start(folder.path("root"), { timeoutMs: 300 });
  const { failure } = await storage.obey({ act: "read", name: "state/pipe" });
  assert.equal(failure?.kind, "timeout");
  assert.equal((await storage.obey(READ_OLD)).failure?.kind, "timeout");
  // Its other end opens at last.
  (await Deno.open(pipe, { write: true })).close();
  await Deno.remove(pipe);
  await until(() => storage.obey(READ_OLD), ({ value }) => value === 1000);
  await assertUnharmed(storage);
});
