import assert from "node:assert/strict";
import type { StateStatus } from "../../../src/http/status.ts";
import { StateCluster } from "./state_cluster.ts";

const PUBLISHED = "leader address published";
const REQUIRED = "masterd.state.required: checkpoint, later\n";

/** A cluster in whose state a former leader wrote an entry. */
async function clusterWithState(conf = ""): Promise<StateCluster> {
  const cluster = await StateCluster.create(conf);
  const [port] = cluster.ports;
  const master = cluster.master(port);
  await master.waitForLine((line) => line.includes(PUBLISHED));
  const state = await cluster.caller(port);
  assert.equal((await state.put("checkpoint", "content")).status, 201);
  assert.equal((await state.put("other", "content")).status, 201);
  await master.stop();
  return cluster;
}

async function flipOneBit(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[0]! ^= 1;
  await Deno.writeFile(path, bytes);
}

Deno.test("a leader tells of a required entry that nobody ever wrote, and leads", async () => {
  await using cluster = await StateCluster.create(REQUIRED);
  const [port] = cluster.ports;
  const master = cluster.master(port);
  await master.waitForLine((line) => line.includes(PUBLISHED));
  const warnings = master.lines.filter(({ text }) => text.includes("does not exist yet"));
  assert.deepEqual(warnings.map(({ text }) => /name=(\w+)/.exec(text)?.[1]), [
    "checkpoint",
    "later",
  ]);
});

Deno.test("a master that cannot recover what is required leaves leadership to one that can", async () => {
  await using cluster = await clusterWithState(REQUIRED);
  const { homeDir } = cluster.home;
  const copying = new Deno.Command("cp", { args: ["-r", "storage", "intact"], cwd: homeDir });
  assert.equal((await copying.output()).code, 0);
  const [blob] = await cluster.blobsOf("checkpoint");
  await flipOneBit(blob!);
  const [first, second] = cluster.ports;
  const blind = cluster.master(first);
  const { text } = await blind.waitForLine((line) => line.includes("gave leadership to another"));
  assert.match(text, /checkpoint is broken: its blob does not have its checksum/);
  const able = cluster.home.start(
    ...["jobmanager", "--host", "localhost", "--webui-port", String(second)],
    ...["-D", "high-availability.storageDir=intact"],
  );
  await able.waitForLine((line) => line.includes(PUBLISHED));
  assert.equal((await cluster.status(first)).role, "standby");
  assert.ok(!blind.text.includes(PUBLISHED));
});

Deno.test("a broken entry that is not required is named, and keeps nobody from the others", async () => {
  await using cluster = await clusterWithState("masterd.state.required: other\n");
  const [blob] = await cluster.blobsOf("checkpoint");
  await Deno.truncate(blob!, 3);
  const [port] = cluster.ports;
  const master = cluster.master(port);
  await master.waitForLine((line) => line.includes(PUBLISHED));
  const { state: status } = await cluster.status(port);
  assert.deepEqual([status!.kind, status!.entries, status!.brokenCount], ["degraded", 2, 1]);
  assert.match(JSON.stringify(status!.broken), /checkpoint.*3 bytes of 7/);
  const state = await cluster.caller(port);
  const reply = await state.get("checkpoint");
  assert.deepEqual([reply.status, reply.json.kind], [500, "broken"]);
  assert.equal((await state.get("other")).text, "content");
  assert.equal((await state.put("checkpoint", "repaired")).status, 200);
  assert.equal((await cluster.status(port)).state!.kind, "healthy");
});

Deno.test("a blob that changed by itself is named before it is needed", async () => {
  await using cluster = await clusterWithState();
  const [blob] = await cluster.blobsOf("other");
  await flipOneBit(blob!);
  const [port] = cluster.ports;
  cluster.master(port);
  const { state } = await cluster.untilStatus(port, ({ state }) => state?.kind === "degraded");
  assert.deepEqual(state!.broken.map(({ name }) => name), ["other"]);
});

/** Takes the storage away, and gives the function that brings it back. */
async function hideStorage(cluster: StateCluster): Promise<() => Promise<void>> {
  const path = `${cluster.home.homeDir}/storage`;
  await Deno.rename(path, `${path}.away`);
  // A folder that is gone would be made anew; a file is in the way of root, too.
  await Deno.writeTextFile(path, "");
  return async () => {
    await Deno.remove(path);
    await Deno.rename(`${path}.away`, path);
  };
}

Deno.test("a leader without its storage leads on, says so, and is well as soon as it is back", async () => {
  await using cluster = await clusterWithState();
  const bringBack = await hideStorage(cluster);
  const [port] = cluster.ports;
  const master = cluster.master(port);
  await master.waitForLine((line) => line.includes(PUBLISHED));
  const degraded = (await cluster.status(port)).state as StateStatus;
  assert.deepEqual([degraded.kind, degraded.entries], ["degraded", null]);
  assert.match(degraded.lastError!, /storage\/cluster_one/);
  const state = await cluster.caller(port);
  const refused = await state.put("checkpoint", "two");
  assert.equal(refused.status, 503);
  assert.match(refused.json.kind, /^(?:wrong-)?storage$/);
  assert.equal((await cluster.status(port)).role, "leader");
  await bringBack();
  assert.equal((await state.get("checkpoint")).text, "content");
  assert.equal((await state.put("checkpoint", "two")).status, 200);
  assert.equal((await state.get("checkpoint")).text, "two");
});

Deno.test("a master whose storage is away does not lead where something is required", async () => {
  await using cluster = await clusterWithState("masterd.state.required: checkpoint\n");
  await hideStorage(cluster);
  const master = cluster.master(cluster.ports[0]);
  const { text } = await master.waitForLine((line) => line.includes("gave leadership to another"));
  assert.match(text, /checkpoint.*cannot be told/);
  assert.ok(!master.text.includes(PUBLISHED));
});

Deno.test("a master with another storage directory than its cluster writes nothing to it", async () => {
  await using cluster = await clusterWithState();
  const [port] = cluster.ports;
  const master = cluster.home.start(
    ...["jobmanager", "--host", "localhost", "--webui-port", String(port)],
    ...["-D", "high-availability.storageDir=elsewhere"],
  );
  await master.waitForLine((line) => line.includes(PUBLISHED));
  const state = await cluster.caller(port);
  const refused = await state.put("checkpoint", "two");
  assert.deepEqual([refused.status, refused.json.kind], [503, "wrong-storage"]);
  assert.match(refused.json.error, /storage\/cluster_one.*elsewhere\/cluster_one/);
  assert.equal((await cluster.status(port)).state?.kind, "degraded");
});
