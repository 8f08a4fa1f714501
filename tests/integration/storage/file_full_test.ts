import assert from "node:assert/strict";
import { TestFolder } from "../../unit/daemon/test_folder.ts";
import { assertUnharmed, FaultyStorage } from "./faulty_storage.ts";
import { canMount, smallFileSystem } from "./private_mount.ts";

const OLD = { act: "write", name: "state/old", length: 1000 } as const;
const LARGE = { act: "write", name: "state/new", length: 3_000_000 } as const;

Deno.test({
  name: "a file system that is full refuses a blob, and takes one that fits (where we may mount)",
  ignore: !canMount,
  async fn() {
    await using folder = await TestFolder.create();
    await using storage = await FaultyStorage.start(
      folder.path("root"),
      smallFileSystem(folder.path(), "1m"),
    );
    await storage.value(OLD);
    const { failure } = await storage.obey(LARGE);
    assert.deepEqual(failure, {
      kind: "full",
      message: `Cannot write ${folder.path("root/state/new")}: no space is left (ENOSPC)`,
    });
    await assertUnharmed(storage);
  },
});

Deno.test("a blob larger than files may be is refused, and one that fits is taken", async () => {
  await using folder = await TestFolder.create();
  // Whoever does not ignore the signal dies of it; dash counts blocks of 512 bytes.
  const limit = `trap "" XFSZ; ulimit -f 400; exec "$@"`;
  await using storage = await FaultyStorage.start(folder.path("root"), {
    prefix: ["sh", "-c", limit, "sh"],
  });
  await storage.value(OLD);
  const { failure } = await storage.obey(LARGE);
  assert.equal(failure?.kind, "full");
  assert.match(failure.message, /it is larger than a file may be \(EFBIG\)$/);
  await assertUnharmed(storage);
});
