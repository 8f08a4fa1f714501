import assert from "node:assert/strict";
import { connect, CREATOR_ACL, digestAuthentication } from "zookeeper";
import { checkState } from "../../../src/state/check.ts";
import { isStateError } from "../../../src/state/errors.ts";
import { MemoryStorage } from "../../support/memory_storage.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { bytesOf, StateMaster, textOf } from "./state_master.ts";

const LIMIT_MS = 60_000;
const STATE = "/flink/cluster/masterd/state";
const ENTRIES = `${STATE}/entries`;
const DIGEST = { user: "masterd", password: "of the test" };

Deno.test("nodes that somebody else made are named, and keep nobody from the others", async () => {
  await using server = await ZooKeeperServer.start();
  const signal = AbortSignal.timeout(LIMIT_MS);
  const storage = new MemoryStorage();
  await using master = await StateMaster.start(server.address, { storage, signal });
  const { zk, store } = master;
  await store.put("good", bytesOf("v1"), { signal });
  const { data } = await zk.getData(`${ENTRIES}/good`, { signal });
  const text = (text: string) => new TextEncoder().encode(text);
  const foreign: Record<string, Uint8Array> = {
    "copied": data,
    "empty": new Uint8Array(),
    "garbage": Uint8Array.of(0xff, 0, 1),
    "huge": text(`"${"x".repeat(1_000_000)}"`),
    "newer": text(`{"format":2}`),
    "naïve": text("{}"),
    ["x".repeat(1000)]: text("{}"),
    ".hidden": text("{}"),
  };
  for (const [name, bytes] of Object.entries(foreign)) {
    await zk.create(`${ENTRIES}/${name}`, bytes, { signal });
  }
  // Nobody but its owner may read this one.
  const auth = digestAuthentication("somebody", "else");
  await using owner = await connect(server.address, { authentications: [auth], signal });
  await owner.create(`${ENTRIES}/closed`, text("{}"), { acl: CREATOR_ACL, signal });

  const names = [...Object.keys(foreign), "closed"].sort();
  const { entries, broken } = await store.reader.list({ signal });
  assert.deepEqual(entries.map(({ name }) => name), ["good"]);
  assert.deepEqual(broken.map(({ name }) => name), names);
  const recovery = await store.recover({ required: ["good", "newer"], signal });
  assert.deepEqual(recovery.broken.map(({ name }) => name), names);
  assert.deepEqual(recovery.missing, []);
  const report = await checkState(store.reader, { readContents: true, signal });
  assert.deepEqual(report.problems.map(({ name }) => name), names);
  for (const name of ["copied", "empty", "garbage", "huge", "newer", "closed"]) {
    const isBroken = (error: unknown) => isStateError(error, "broken");
    await assert.rejects(store.put(name, bytesOf("mine"), { signal }), isBroken, name);
    await assert.rejects(store.delete(name, { signal }), isBroken, name);
    await assert.rejects(store.reader.get(name, { signal }), isBroken, name);
  }
  await store.put("good", bytesOf("v2"), { signal });
  await store.collect({ graceMs: 0, isDryRun: false, signal });
  assert.equal(await textOf((await store.reader.get("good", { signal })).content), "v2");
});

Deno.test("a cluster with the ACL `creator` makes every node with it, and other masters of it may go on", async () => {
  await using server = await ZooKeeperServer.start();
  const signal = AbortSignal.timeout(LIMIT_MS);
  const storage = new MemoryStorage();
  const options = { storage, acl: CREATOR_ACL, digest: DIGEST, signal };
  await using master = await StateMaster.start(server.address, options);
  await master.store.put("a", bytesOf("v1"), { signal });
  for (const path of ["/flink/cluster/masterd", STATE, ENTRIES, `${ENTRIES}/a`]) {
    const { acl } = await master.zk.getAcl(path, { signal });
    assert.equal(acl.length, 1);
    assert.equal(acl[0]?.id.scheme, "digest", path);
  }
  await master.zk.delete(master.latch, { signal });
  await using next = await StateMaster.start(server.address, options);
  await next.store.put("a", bytesOf("v2"), { signal });
  await next.store.put("b", bytesOf("v1"), { signal });
  await next.store.delete("a", { signal });
  assert.equal((await next.zk.getAcl(`${ENTRIES}/b`, { signal })).acl[0]?.id.scheme, "digest");

  await using stranger = await connect(server.address, { signal });
  await assert.rejects(stranger.getData(`${ENTRIES}/b`, { signal }), { code: "NoAuth" });
});

Deno.test("a state whose nodes somebody removed goes on with the next put, for the same blobs", async () => {
  await using server = await ZooKeeperServer.start();
  const signal = AbortSignal.timeout(LIMIT_MS);
  const storage = new MemoryStorage();
  await using master = await StateMaster.start(server.address, { storage, signal });
  const { zk, store } = master;
  await store.put("a", bytesOf("v1"), { signal });
  for (const path of [`${ENTRIES}/a`, ENTRIES, STATE, "/flink/cluster/masterd"]) {
    await zk.delete(path, { signal });
  }
  await store.put("a", bytesOf("v2"), { signal });
  await zk.delete(master.latch, { signal });
  await using next = await StateMaster.start(server.address, { storage, signal });
  assert.deepEqual((await next.store.recover({ required: ["a"], signal })).broken, []);
  assert.equal(await textOf((await next.store.reader.get("a", { signal })).content), "v2");
  await next.store.collect({ graceMs: 0, isDryRun: false, signal });
  assert.equal(storage.blobs.size, 2);
});
