import assert from "node:assert/strict";
import { isStateError } from "../../../src/state/errors.ts";
import {
  blobFolder,
  encodeIdentity,
  markerName,
  newIdentity,
  readIdentity,
  type StateIdentity,
  verifyStorage,
} from "../../../src/state/identity.ts";
import { stateLayout } from "../../../src/state/layout.ts";
import { MemoryStorage } from "../../support/memory_storage.ts";
import { FakeEnsemble } from "./fake_ensemble.ts";
import { FakeZooKeeper } from "./fake_zookeeper.ts";
import { bytesOf, ENTRIES, forever, NAMESPACE, ROOT } from "./state_fixture.ts";

const OPTIONS = { signal: forever };
const URL = "file:///mnt/a";

function setUp(root?: unknown) {
  const ensemble = new FakeEnsemble();
  const zk = new FakeZooKeeper(ensemble, 1n);
  const text = typeof root === "string" ? root : JSON.stringify(root);
  if (root !== undefined) ensemble.make(ROOT, { data: new TextEncoder().encode(text) });
  const read = () => readIdentity(zk.asZooKeeper, stateLayout(NAMESPACE), OPTIONS);
  return { ensemble, zk, read };
}

Deno.test("readIdentity() gives what encodeIdentity() wrote", async () => {
  const identity = newIdentity(new MemoryStorage({ url: URL }));
  const { read } = setUp(new TextDecoder().decode(encodeIdentity(identity)));
  assert.deepEqual(await read(), identity);
  assert.match(blobFolder(identity), /^state-[0-9a-f]{32}$/);
});

Deno.test("readIdentity() finds nothing where nothing was ever written", async () => {
  assert.equal(await setUp().read(), undefined);
  assert.equal(await setUp("").read(), undefined);
  const { ensemble, read } = setUp();
  ensemble.make(ENTRIES);
  assert.equal(await read(), undefined);
});

Deno.test("readIdentity() does not take entries without a folder for an empty state", async () => {
  const { ensemble, read } = setUp();
  ensemble.make(`${ENTRIES}/a`);
  await assert.rejects(read(), (error) => {
    assert.ok(isStateError(error, "broken"));
    assert.match(error.message, /holds 1 entries, but does not say any more in which folder/);
    return true;
  });
});

Deno.test("readIdentity() looks again when entries appear while it reads", async () => {
  const { ensemble, zk, read } = setUp("");
  const identity = newIdentity(new MemoryStorage());
  zk.faults.push({
    operation: "exists",
    kind: "lost-before",
    then: () => {
      ensemble.commit([{ kind: "setData", path: ROOT, data: encodeIdentity(identity) }]);
      ensemble.make(`${ENTRIES}/a`);
    },
  });
  assert.deepEqual(await read(), identity);
});

const FOREIGN: Record<string, unknown> = {
  "text": "hello",
  "a newer format": { format: 2, stateId: "a".repeat(32) },
  "a folder elsewhere": { format: 1, stateId: "../../other" },
  "no folder": { format: 1, url: URL },
};

for (const [what, document] of Object.entries(FOREIGN)) {
  Deno.test(`readIdentity() refuses a root node with ${what}`, async () => {
    await assert.rejects(setUp(document).read(), { kind: "broken" });
  });
}

Deno.test("readIdentity() does without a URL that is none", async () => {
  const identity = await setUp({ format: 1, stateId: "a".repeat(32), url: 5 }).read();
  assert.deepEqual(identity, { stateId: "a".repeat(32), url: "another directory" });
});

async function verificationOf(
  storage: MemoryStorage,
  identity: StateIdentity,
): Promise<{ kind: string; message: string } | undefined> {
  return await verifyStorage(storage, identity, OPTIONS).then(() => undefined, (error) => error);
}

Deno.test("verifyStorage() knows the storage by its marker, under whatever name it is mounted", async () => {
  const storage = new MemoryStorage({ url: URL });
  const identity = newIdentity(storage);
  storage.blobs.set(markerName(identity), encodeIdentity(identity));
  assert.equal(await verificationOf(storage, identity), undefined);
  const renamed = new MemoryStorage({ url: "hdfs://nn/b", blobs: storage.blobs });
  assert.equal(await verificationOf(renamed, identity), undefined);
});

Deno.test("verifyStorage() tells a directory that is missing from one of another name", async () => {
  const identity = newIdentity(new MemoryStorage({ url: URL }));
  const same = await verificationOf(new MemoryStorage({ url: URL }), identity);
  assert.equal(same?.kind, "wrong-storage");
  assert.match(same!.message, /file:\/\/\/mnt\/a is not the directory that .* mounted here\?/);
  const other = await verificationOf(new MemoryStorage({ url: "file:///mnt/b" }), identity);
  assert.equal(other?.kind, "wrong-storage");
  assert.match(other!.message, /lies in file:\/\/\/mnt\/a, and this master .* file:\/\/\/mnt\/b/);
});

Deno.test("verifyStorage() does not take the marker of another state", async () => {
  const storage = new MemoryStorage({ url: URL });
  const [own, other] = [newIdentity(storage), newIdentity(storage)];
  storage.blobs.set(markerName(own), encodeIdentity(other));
  assert.equal((await verificationOf(storage, own))?.kind, "wrong-storage");
});

Deno.test("verifyStorage() says what a damaged marker should hold", async () => {
  for (const damaged of ["", "{", "garbage".repeat(10_000)]) {
    const storage = new MemoryStorage({ url: URL });
    const identity = newIdentity(storage);
    await storage.write(markerName(identity), bytesOf(damaged, 5000), OPTIONS);
    const error = await verificationOf(storage, identity);
    assert.equal(error?.kind, "broken");
    assert.ok(error!.message.includes(`should hold {"format":1,"stateId":"${identity.stateId}"`));
  }
});

Deno.test("verifyStorage() does not take a storage that cannot be asked for another one", async () => {
  for (const kind of ["unavailable", "timeout", "failed", "denied"] as const) {
    const storage = new MemoryStorage();
    const identity = newIdentity(storage);
    storage.blobs.set(markerName(identity), encodeIdentity(identity));
    storage.faults.push({ act: "read", kind });
    await assert.rejects(verifyStorage(storage, identity, OPTIONS), { name: "StorageError", kind });
  }
});
