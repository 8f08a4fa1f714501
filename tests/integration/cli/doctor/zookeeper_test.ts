import assert from "node:assert/strict";
import { connect, Permission } from "zookeeper";
import { electionLayout } from "../../../../src/election/layout.ts";
import { freePorts } from "../../../support/ports.ts";
import { until } from "../../../support/until.ts";
import { ZooKeeperEnsemble } from "../../../support/zookeeper_ensemble.ts";
import { MasterdHome } from "../../daemon/masterd_home.ts";
import { StatusCluster } from "../status_cluster.ts";
import { doctor, doctorFinds, namesOf } from "./doctor_cluster.ts";

const TICK = "masterd.zookeeper.tick-time: 500 ms\n";
const PUBLISHED = (line: string) => line.includes("leader address published");

Deno.test("doctor: a server is missing, and then the quorum", async () => {
  await using ensemble = await ZooKeeperEnsemble.start();
  const [port] = freePorts(1) as [number];
  await using home = await MasterdHome.create({
    "conf/flink-conf.yaml": `high-availability: zookeeper
high-availability.zookeeper.quorum: ${ensemble.address}
high-availability.zookeeper.client.session-timeout: 4 s
high-availability.cluster-id: /cluster_one
high-availability.storageDir: state
jobmanager.bind-host: localhost
rest.bind-address: localhost
${TICK}`,
    "conf/masters": `localhost:${port}\n`,
    "conf/workers": "",
  });
  await home.start("jobmanager").waitForLine(PUBLISHED);
  const [follower] = await ensemble.followers();
  await follower!.kill();
  const missing = await doctorFinds({ home }, "servers-missing");
  assert.match(missing.findings[0]!.sentence, /^1 of 3 ZooKeeper servers does not serve: /);
  const other = ensemble.servers.find(({ pid }) => pid !== undefined);
  await other!.kill();
  const last = ensemble.servers.find(({ pid }) => pid !== undefined)!;
  await until(() => last.fourLetterWord("srvr"), (answer) => !answer.includes("Mode: "));
  const lost = await doctor({ home });
  assert.match(
    lost.verdict.sentence,
    /^ZooKeeper has no quorum: of 3 servers \S+ runs without a maj/,
  );
  assert.deepEqual([lost.code, namesOf(lost)], [1, ["no-quorum"]]);
});

Deno.test("doctor: ZooKeeper does not let this user stand for election", async () => {
  await using cluster = await StatusCluster.create({ conf: TICK });
  await using zk = await connect(cluster.server.address, { signal: AbortSignal.timeout(10_000) });
  const { latch, masters } = electionLayout("/flink/cluster_one");
  const nobody = [{ permissions: Permission.all, id: { scheme: "digest", id: "admin:none" } }];
  const readOnly = [{ permissions: Permission.read, id: { scheme: "world", id: "anyone" } }];
  await zk.createPath(latch);
  await zk.createPath(masters);
  await zk.setAcl(latch, nobody);
  await zk.setAcl(masters, readOnly);
  const { code, verdict, facts } = await doctor(cluster);
  assert.deepEqual([code, verdict.name], [1, "wrong-acl"]);
  const { election } = facts;
  const refusals = election.kind === "seen" ? election.refusals ?? [] : [];
  assert.deepEqual(refusals.map(({ act, path }) => `${act} ${path}`).sort(), [
    `create in ${latch}`,
    `create in ${masters}`,
    `list ${latch}`,
  ]);
  // What was tried had no effect.
  assert.deepEqual((await zk.getChildren(masters)).children, []);
});

Deno.test("doctor: the clock of a master jumps while it runs", async () => {
  await using cluster = await StatusCluster.create({ conf: TICK });
  const [name] = cluster.names;
  const offset = `${cluster.home.homeDir}/offset`;
  await Deno.writeTextFile(offset, "+0");
  const words = [
    "env",
    `LD_PRELOAD=${await libfaketime()}`,
    `FAKETIME_TIMESTAMP_FILE=${offset}`,
    "FAKETIME_NO_CACHE=1",
    "FAKETIME_DONT_FAKE_MONOTONIC=1",
  ];
  const port = String(cluster.ports[0]);
  const master = cluster.home.startBy(words, "jobmanager", "-h", "localhost", "-r", port);
  await master.waitForLine(PUBLISHED);
  assert.ok(!namesOf(await doctor(cluster)).includes("clock-jump"));
  await Deno.writeTextFile(offset, "-10800");
  const jumped = await doctorFinds(cluster, "clock-jump");
  const { sentence } = jumped.findings.find(({ name }) => name === "clock-jump")!;
  assert.equal(sentence, `Clocks jumped: that of master ${name} back by 3.0 h`);
  assert.ok(namesOf(jumped).includes("clocks-apart"));
  // Leadership is timed by another clock.
  assert.doesNotMatch(master.text, /leadership lost/);
});

/** Debian's, whatever the machine. */
async function libfaketime(): Promise<string> {
  for await (const { name } of Deno.readDir("/usr/lib")) {
    const path = `/usr/lib/${name}/faketime/libfaketime.so.1`;
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  throw new Error("Debian's package libfaketime is missing");
}
