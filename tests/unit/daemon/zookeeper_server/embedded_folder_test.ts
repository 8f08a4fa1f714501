import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../../../src/config/config_error.ts";
import {
  embeddedFolder,
  refuseEmbeddedData,
} from "../../../../src/daemon/zookeeper_server/embedded_folder.ts";

async function dataDir() {
  const folder = await mkdtemp(join(tmpdir(), "masterd-folder-"));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

const refusal = (text: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ConfigError);
  assert.match(error.message, text);
  return true;
};

Deno.test("embeddedFolder() is a folder of its own name, also where nothing is yet", async () => {
  await using data = await dataDir();
  assert.equal(await embeddedFolder(data.folder), join(data.folder, "masterd-zookeeper"));
  assert.equal(await embeddedFolder("/nowhere/at/all"), "/nowhere/at/all/masterd-zookeeper");
});

Deno.test("embeddedFolder() refuses what Apache ZooKeeper has written", async () => {
  await using data = await dataDir();
  await mkdir(join(data.folder, "version-2"));
  await embeddedFolder(data.folder);
  await writeFile(join(data.folder, "version-2", "log.1"), "");
  const said = refusal(/ holds data of Apache ZooKeeper .* masterd\.zookeeper\.server: apache/);
  await assert.rejects(embeddedFolder(data.folder), said);
});

Deno.test("refuseEmbeddedData() refuses what the embedded server has written", async () => {
  await using data = await dataDir();
  await refuseEmbeddedData(data.folder);
  await mkdir(join(data.folder, "masterd-zookeeper"));
  await refuseEmbeddedData(data.folder);
  await writeFile(join(data.folder, "masterd-zookeeper", "lock"), "");
  const said = refusal(
    / holds data of the embedded server .* masterd\.zookeeper\.server: embedded/,
  );
  await assert.rejects(refuseEmbeddedData(data.folder), said);
});

Deno.test("embeddedFolder() passes over a file, and says what it cannot read", async () => {
  await using data = await dataDir();
  await writeFile(join(data.folder, "version-2"), "");
  assert.equal(await embeddedFolder(data.folder), join(data.folder, "masterd-zookeeper"));
  const tooLong = join(data.folder, "x".repeat(300));
  for (const look of [embeddedFolder, refuseEmbeddedData]) {
    await assert.rejects(look(tooLong), { name: "StartError", message: /^Cannot read \/.*x\// });
  }
});
