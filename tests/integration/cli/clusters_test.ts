import assert from "node:assert/strict";
import {
  CREATOR_ACL,
  digestAuthentication,
  parentPath,
  type TransactionStep,
  type ZooKeeper,
} from "zookeeper";
import { encodeLeaderInformation } from "../../../src/election/java_stream.ts";
import { freePort } from "../../support/ports.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { EXAMPLE, Installation } from "../../unit/cli/installation.ts";
import { MasterdHome } from "../daemon/masterd_home.ts";
import { bound, open } from "../zookeeper/clients.ts";

const NONE = new Uint8Array();
const LEADER = {
  address: "http://far.example:8081",
  leaderSessionId: "12345678-9abc-4def-8123-456789abcdef",
};

/** The lines of `masterd clusters` against this server, and its exit code. */
async function clusters(quorum: string, ...words: string[]) {
  await using installation = await Installation.create(EXAMPLE);
  const setting = `-Dhigh-availability.zookeeper.quorum=${quorum}`;
  return await installation.run(["clusters", setting, ...words]);
}

/** A master of a cluster, with an installation of its own. */
async function master(server: ZooKeeperServer, clusterId: string) {
  const port = freePort();
  const home = await MasterdHome.create({
    "conf/flink-conf.yaml": `high-availability: zookeeper
high-availability.zookeeper.quorum: ${server.address}
high-availability.cluster-id: ${clusterId}
high-availability.storageDir: state
env.pid.dir: run
jobmanager.bind-host: localhost
rest.bind-address: localhost
`,
    "conf/masters": `localhost:${port}\n`,
  });
  const process = home.start("jobmanager", "--host", "localhost", "--webui-port", String(port));
  await process.waitForLine((line) => line.includes("leader address published"));
  return { home, process, address: `http://localhost:${port}` };
}

/** Creates nodes with what is missing above them. */
async function addNodes(zk: ZooKeeper, ...paths: string[]): Promise<void> {
  for (const path of paths) await zk.createPath(path, { signal: bound() });
}

async function addEphemeral(zk: ZooKeeper, path: string, data?: Uint8Array): Promise<void> {
  await addNodes(zk, parentPath(path));
  await zk.create(path, data ?? NONE, { mode: "ephemeral", signal: bound() });
}

Deno.test("clusters of two installations share a ZooKeeper: one is stopped, the other lives on", async () => {
  await using server = await ZooKeeperServer.start();
  const one = await master(server, "/cluster_one");
  await using _homeOfOne = one.home;
  const two = await master(server, "/team/two");
  await using _homeOfTwo = two.home;
  const both = await clusters(server.address);
  assert.deepEqual({ code: both.code, errors: both.errors }, { code: 0, errors: [] });
  const cells = both.out.map((line) => line.split(/ {2,}/));
  assert.deepEqual(cells, [
    ["CLUSTER-ID", "STATE", "LEADER", "MASTERS", "ENTRIES"],
    ["/cluster_one", "alive", one.address, "1", "0", "(configured here)"],
    ["/team/two", "alive", two.address, "1", "0"],
  ]);

  assert.equal((await two.process.stop()).code, 0);
  const { out } = await clusters(server.address, "--json", "-z", "/team/two");
  const { clusters: found, isComplete } = JSON.parse(out.join("\n"));
  assert.deepEqual(
    found.map((cluster: Record<string, unknown>) => [
      cluster.clusterId,
      cluster.state,
      cluster.leader,
      cluster.isConfigured,
    ]),
    [["/cluster_one", "alive", one.address, false], ["/team/two", "dead", null, true]],
  );
  assert.ok(isComplete);
});

Deno.test("clusters names whatever else lies under the root, and finds what is below a chroot", async () => {
  await using server = await ZooKeeperServer.start();
  await using zk = await open(server.address);
  await zk.create("/chroot", NONE, { signal: bound() });
  assert.deepEqual(await clusters(`${server.address}/chroot`), {
    code: 0,
    out: [],
    errors: ["nothing lies under /flink", "the configured cluster /cluster_one is not among them"],
  });

  const root = "/chroot/flink";
  const latch = `${root}/waiting/leader/latch`;
  await addEphemeral(zk, `${latch}/_c_a-latch-0000000000`);
  await addEphemeral(zk, `${root}/waiting/masterd/masters/a`);
  const information = encodeLeaderInformation(LEADER);
  await addEphemeral(zk, `${root}/flink/leader/rest_server/connection_info`, information);
  const hostile = encodeLeaderInformation({ ...LEADER, address: "\u001b[2J\r\n\u009b" });
  await addEphemeral(zk, `${root}/hostile/leader/rest_server/connection_info`, hostile);
  const garbage = Uint8Array.of(0xac, 0xed, 0, 5, 0x7a, 0xff, 0xff, 0xff, 0xff);
  await addEphemeral(zk, `${root}/garbage/leader/rest_server/connection_info`, garbage);
  await addNodes(zk, `${root}/a\u202eb/c d`, `${root}/naïve/masterd/state/entries/x`);

  const { code, out, errors } = await clusters(`${server.address}/chroot`);
  assert.equal(code, 0);
  assert.deepEqual(errors, ["the configured cluster /cluster_one is not among them"]);
  assert.deepEqual(out.slice(1).map((line) => line.split(/ {2,}/)), [
    ["/a?b", "foreign", "-", "-", "-"],
    ["/flink", "flink", LEADER.address, "-", "-"],
    ["/garbage", "flink", "-", "-", "-"],
    ["/hostile", "flink", "?[2J???", "-", "-"],
    ["/naïve", "dead", "-", "0", "1"],
    ["/waiting", "no leader", "-", "1", "0"],
  ]);
});

Deno.test("clusters names what only others may read, and reads it with their authorization", async () => {
  await using server = await ZooKeeperServer.start();
  const authentications = [digestAuthentication("masterd", "secret")];
  await using owner = await open(server.address, { authentications });
  const acl = CREATOR_ACL;
  await addNodes(owner, "/flink/open/masterd/masters");
  await owner.createPath("/flink/closed/masterd/masters", { acl, signal: bound() });
  const states = (out: string[]) => out.slice(1).map((line) => line.split(/ {2,}/).slice(0, 2));
  const { code, out } = await clusters(server.address);
  assert.equal(code, 0);
  assert.deepEqual(states(out), [["/closed", "unreadable"], ["/open", "dead"]]);
  const authorization = "-Dhigh-availability.zookeeper.client.authorization=digest:masterd:secret";
  const allowed = await clusters(server.address, authorization);
  assert.deepEqual(states(allowed.out), [["/closed", "dead"], ["/open", "dead"]]);
});

Deno.test("clusters says that it has not seen all of a huge tree, and finds what lies higher up", async () => {
  await using server = await ZooKeeperServer.start();
  await using zk = await open(server.address);
  await addNodes(zk, "/flink/cluster_one/masterd/masters", "/flink/big");
  for (let start = 0; start < 6000; start += 1000) {
    const steps = Array.from({ length: 1000 }, (_, at): TransactionStep => {
      return { kind: "create", path: `/flink/big/${start + at}`, data: NONE };
    });
    await zk.multi(steps, { signal: bound() });
  }
  const { code, out, errors } = await clusters(server.address);
  assert.deepEqual({ code, errors }, {
    code: 0,
    errors: ["masterd: there are more nodes than are read: clusters may be missing"],
  });
  assert.match(out[1]!, /^\/cluster_one +dead .*\(configured here\)$/);
  assert.equal(out.length, 2);
});
