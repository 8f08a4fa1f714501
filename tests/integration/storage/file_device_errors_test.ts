import assert from "node:assert/strict";
import { assertUnharmed, FaultyStorage, folderWithOldBlob } from "./faulty_storage.ts";
import { canTrace, traced } from "./injected_fault.ts";

const NEW = { act: "write", name: "state/new", length: 100_000 } as const;
const READ_OLD = { act: "read", name: "state/old" } as const;

const FAILING_WRITES = [
  { call: "fsync", effect: "error=EIO", kind: "failed", fact: "the device failed (EIO)" },
  { call: "fsync", effect: "error=EDQUOT", kind: "full", fact: "the quota is used up (EDQUOT)" },
  { call: "fsync", effect: "error=ENOSPC", kind: "full", fact: "no space is left (ENOSPC)" },
  { call: "linkat", effect: "error=EIO", kind: "failed", fact: "the device failed (EIO)" },
  {
    call: "fsync",
    effect: "error=ESTALE",
    kind: "failed",
    fact: "Stale file handle (os error 116)",
  },
] as const;

for (const { call, effect, kind, fact } of FAILING_WRITES) {
  Deno.test({
    name: `write() leaves nothing behind when ${call} ends with ${effect} (where we may trace)`,
    ignore: !canTrace,
    async fn() {
      await using folder = await folderWithOldBlob();
      const root = folder.path("root");
      {
        const prefix = traced({ call, effect });
        await using storage = await FaultyStorage.start(root, { prefix });
        assert.deepEqual((await storage.obey(NEW)).failure, {
          kind,
          message: `Cannot write ${root}/state/new: ${fact}`,
        });
        assert.equal(await storage.value(READ_OLD), 1000);
      }
      const names = Array.from(Deno.readDirSync(`${root}/state`), ({ name }) => name);
      assert.deepEqual(names, ["old"]);
      await using storage = await FaultyStorage.start(root);
      await assertUnharmed(storage);
    },
  });
}

Deno.test({
  name:
    "write() takes the name back when the folder does not reach the device (where we may trace)",
  ignore: !canTrace,
  async fn() {
    await using folder = await folderWithOldBlob();
    const path = folder.path("root/state");
    const prefix = traced({ call: "fsync", effect: "error=EIO", path });
    await using storage = await FaultyStorage.start(folder.path("root"), { prefix });
    assert.equal((await storage.obey(NEW)).failure?.kind, "failed");
    const names = Array.from(Deno.readDirSync(path), ({ name }) => name);
    assert.deepEqual(names, ["old"]);
    await storage.value({ ...NEW, name: "other/new" });
  },
});

Deno.test({
  name: "a folder that cannot be synchronised is no failure (where we may trace)",
  ignore: !canTrace,
  async fn() {
    await using folder = await folderWithOldBlob();
    const path = folder.path("root/state");
    const prefix = traced({ call: "fsync", effect: "error=EINVAL", path });
    await using storage = await FaultyStorage.start(folder.path("root"), { prefix });
    await assertUnharmed(storage);
  },
});

Deno.test({
  name: "a file system without hard links takes blobs (where we may trace)",
  ignore: !canTrace,
  async fn() {
    await using folder = await folderWithOldBlob();
    for (const code of ["EPERM", "EOPNOTSUPP", "ENOSYS"]) {
      const prefix = traced({ call: "linkat", effect: `error=${code}` });
      await using storage = await FaultyStorage.start(folder.path("root"), { prefix });
      await assertUnharmed(storage);
      const again = await storage.obey({ ...NEW, length: 1 });
      assert.equal(again.failure?.kind, "exists");
      await storage.value({ act: "delete", name: "state/new" });
    }
  },
});

for (const call of ["openat", "read"]) {
  Deno.test({
    name: `read() fails when ${call} ends with EIO, and other blobs are read (where we may trace)`,
    ignore: !canTrace,
    async fn() {
      await using folder = await folderWithOldBlob();
      const path = folder.path("root/state/old");
      const prefix = traced({ call, effect: "error=EIO", path });
      await using storage = await FaultyStorage.start(folder.path("root"), { prefix });
      assert.deepEqual((await storage.obey(READ_OLD)).failure, {
        kind: "failed",
        message: `Cannot read ${path}: the device failed (EIO)`,
      });
      await storage.value(NEW);
      assert.equal(await storage.value({ act: "read", name: "state/new" }), NEW.length);
    },
  });
}
