import assert from "node:assert/strict";
import { TestFolder } from "../../unit/daemon/test_folder.ts";
import { assertUnharmed, FaultyStorage, folderWithOldBlob } from "./faulty_storage.ts";
import { canMount, smallFileSystem } from "./private_mount.ts";

const NEW = { act: "write", name: "state/new", length: 1000 } as const;

Deno.test({
  name:
    "a file system that becomes read-only refuses blobs until it is writable (where we may mount)",
  ignore: !canMount,
  async fn() {
    await using folder = await TestFolder.create();
    await using storage = await FaultyStorage.start(
      folder.path("root"),
      smallFileSystem(folder.path(), "1m"),
    );
    const remount = async (how: string) => {
      const words = ["mount", "-o", `remount,bind,${how}`, folder.path()];
      await storage.value({ act: "run", words });
    };
    await storage.value({ act: "write", name: "state/old", length: 1000 });
    await remount("ro");
    assert.deepEqual((await storage.obey(NEW)).failure, {
      kind: "read-only",
      message: `Cannot write ${
        folder.path("root/state/new")
      }: the file system is read-only (EROFS)`,
    });
    const { failure } = await storage.obey({ act: "delete", name: "state/old" });
    assert.equal(failure?.kind, "read-only");
    assert.equal(await storage.value({ act: "read", name: "state/old" }), 1000);
    await remount("rw");
    await assertUnharmed(storage);
  },
});

// Root may do what it likes, unless that is taken from it.
const WAYS = [[], ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"]];
const bound = WAYS.find(heedsRights);

function heedsRights(prefix: readonly string[]): boolean {
  const folder = Deno.makeTempDirSync();
  Deno.chmodSync(folder, 0o500);
  const [program, ...args] = [...prefix, "test", "!", "-w", folder];
  const { success } = new Deno.Command(program!, { args }).outputSync();
  Deno.removeSync(folder);
  return success;
}

Deno.test({
  name: "a folder without rights refuses blobs until it has them (where rights bind us)",
  ignore: bound === undefined,
  fn: withoutRights,
});

async function withoutRights(): Promise<void> {
  await using folder = await folderWithOldBlob();
  const state = folder.path("root/state");
  await using storage = await FaultyStorage.start(folder.path("root"), { prefix: bound });
  await Deno.chmod(state, 0o500);
  assert.deepEqual((await storage.obey(NEW)).failure, {
    kind: "denied",
    message: `Cannot write ${state}/new: the rights are missing (EACCES)`,
  });
  assert.equal(await storage.value({ act: "read", name: "state/old" }), 1000);
  await Deno.chmod(state, 0o000);
  const { failure } = await storage.obey({ act: "read", name: "state/old" });
  assert.equal(failure?.kind, "denied");
  await Deno.chmod(state, 0o700);
  await assertUnharmed(storage);
}
