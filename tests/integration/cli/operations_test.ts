import assert from "node:assert/strict";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { StatusCluster } from "./status_cluster.ts";

/** The files of the state, by their paths below storageDir. */
async function stateFiles(cluster: StatusCluster): Promise<string[]> {
  const folder = `${cluster.home.homeDir}/state/cluster_one`;
  const states = await Array.fromAsync(Deno.readDir(folder));
  const files = await Promise.all(states.map(async ({ name }) => {
    const blobs = await Array.fromAsync(Deno.readDir(`${folder}/${name}`));
    return blobs.map((blob) => `${folder}/${name}/${blob.name}`);
  }));
  return files.flat().filter((path) => !path.endsWith("/marker"));
}

Deno.test("docs/operations.md: state comes back from storageDir after ZooKeeper lost everything", async () => {
  await using cluster = await StatusCluster.create();
  const { homeDir } = cluster.home;
  const { leader, standby, worker } = await cluster.start();
  for (const text of ["old", "new"]) {
    await Deno.writeTextFile(`${homeDir}/file`, text);
    assert.equal((await cluster.home.run("state", "put", "jobs", `${homeDir}/file`)).code, 0);
  }
  for (const daemon of [worker, standby, leader]) await daemon.stop();
  const before = await stateFiles(cluster);

  await using empty = await ZooKeeperServer.start({ tickTimeMs: 500 });
  const conf = `${homeDir}/conf/flink-conf.yaml`;
  const text = await Deno.readTextFile(conf);
  await Deno.writeTextFile(conf, text.replace(cluster.server.address, empty.address));
  await cluster.start();
  assert.equal((await cluster.home.run("state", "ls")).text, "there is no entry");
  assert.deepEqual(await stateFiles(cluster), before);

  const ordered = before.toSorted((one, other) => numberOf(one) - numberOf(other));
  assert.equal((await cluster.home.run("state", "put", "jobs", ordered.at(-1)!)).code, 0);
  assert.equal((await cluster.home.run("state", "get", "jobs")).text, "new");
  assert.equal((await cluster.home.run("state", "fsck")).code, 0);
  const after = await stateFiles(cluster);
  assert.deepEqual(before.filter((path) => !after.includes(path)), []);
});

/** The number in `jobs.<epoch>.<number>.<16 hex digits>`; both are of one epoch here. */
function numberOf(path: string): number {
  return Number(path.split(".").at(-2));
}
