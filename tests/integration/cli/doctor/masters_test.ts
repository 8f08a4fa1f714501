import assert from "node:assert/strict";
import { connect, joinPath } from "zookeeper";
import { encodeLeaderInformation } from "../../../../src/election/java_stream.ts";
import { contenderPrefix } from "../../../../src/election/latch_order.ts";
import { electionLayout } from "../../../../src/election/layout.ts";
import { PlainHttpServer } from "../../../support/plain_http_server.ts";
import { until } from "../../../support/until.ts";
import { MasterdHome } from "../../daemon/masterd_home.ts";
import { StatusCluster } from "../status_cluster.ts";
import { doctor, doctorFinds, namesOf } from "./doctor_cluster.ts";

const TICK = "masterd.zookeeper.tick-time: 500 ms\n";
const LAYOUT = electionLayout("/flink/cluster_one");
const PUBLISHED = (line: string) => line.includes("leader address published");

function session({ server }: StatusCluster) {
  return connect(server.address, { signal: AbortSignal.timeout(10_000) });
}

Deno.test("doctor: no master runs; all is well; the leader is published and does not answer", async () => {
  await using cluster = await StatusCluster.create({ conf: TICK });
  const [first, second] = cluster.names;
  const nobody = await doctor(cluster);
  assert.deepEqual([nobody.code, namesOf(nobody)], [1, ["no-masters"]]);
  const long = ["-D", "high-availability.zookeeper.client.session-timeout=10 s"];
  const port = String(cluster.ports[0]);
  const leader = cluster.home.start("jobmanager", "--host", "localhost", "-r", port, ...long);
  await leader.waitForLine(PUBLISHED);
  cluster.master(cluster.ports[1]);
  cluster.worker();
  assert.equal((await cluster.status("--wait", "60")).code, 0);
  const well = await doctor(cluster, second);
  assert.deepEqual([well.code, well.isWell, namesOf(well)], [0, true, ["well"]]);
  assert.match(
    well.verdict.sentence,
    new RegExp(`^All is well: ${first} \\(epoch \\d+\\) leads, and one`),
  );
  assert.equal(well.prospect?.sentence, `${second} would lead, behind ${first}`);
  const text = await cluster.home.run("doctor");
  assert.deepEqual([text.code, text.text], [0, `ok: ${well.verdict.sentence}`]);
  assert.equal((await doctor(cluster, first)).prospect?.name, "leads");

  await leader.kill();
  const silent = await doctor(cluster, first);
  assert.deepEqual([silent.code, silent.verdict.name], [1, "leader-silent"]);
  assert.match(silent.verdict.sentence, new RegExp(`${first} \\(epoch \\d+\\), does not answer`));
  assert.equal(silent.prospect?.name, "silent");
});

Deno.test("doctor: who stands first in the queue is no master, and then leads", async () => {
  await using cluster = await StatusCluster.create({ conf: TICK });
  const [name] = cluster.names;
  await using zk = await session(cluster);
  await zk.createPath(LAYOUT.latch);
  const node = joinPath(LAYOUT.latch, contenderPrefix(crypto.randomUUID()));
  const curator = new TextEncoder().encode("curator");
  const persistent = `${node}0000000000`;
  await zk.create(persistent, curator);
  await zk.create(node, curator, { mode: "ephemeralSequential" });
  cluster.master(cluster.ports[0]);
  await until(() => zk.exists(LAYOUT.latch), (stat) => stat?.numChildren === 3);
  const forEver = await doctor(cluster, name);
  assert.deepEqual([forEver.code, forEver.verdict.name], [1, "zombie-latch"]);
  assert.match(forEver.verdict.sentence, /curator .* is a node that no session owns/);
  assert.equal(forEver.verdict.advice, `Delete the node: zkCli.sh delete ${persistent}`);
  assert.equal(forEver.prospect?.name, "stuck");

  await zk.delete(persistent);
  const stranger = await doctor(cluster, name);
  assert.equal(stranger.verdict.name, "zombie-latch");
  assert.match(
    stranger.verdict.sentence,
    /curator .* belongs to session 0x\w+, which is no masterd/,
  );

  await zk.createPath(LAYOUT.connectionInfo.replace(/\/[^/]*$/, ""));
  const information = { address: "http://flink:8081", leaderSessionId: crypto.randomUUID() };
  await zk.create(LAYOUT.connectionInfo, encodeLeaderInformation(information), {
    mode: "ephemeral",
  });
  const foreign = await doctor(cluster, name);
  assert.ok(namesOf(foreign).includes("foreign-leader") && !namesOf(foreign).includes("no-leader"));
  assert.equal(foreign.prospect?.name, "in-turn");
  await zk.setData(LAYOUT.connectionInfo, new TextEncoder().encode("not Java"));
  const damaged = await doctor(cluster);
  assert.equal(damaged.verdict.name, "leader-unreadable");
});

Deno.test("doctor: two clusters share one id", async () => {
  await using cluster = await StatusCluster.create({ conf: TICK });
  await using other = await MasterdHome.create({
    "conf/flink-conf.yaml": await Deno.readTextFile(`${cluster.home.homeDir}/conf/flink-conf.yaml`),
    "conf/masters": `localhost:${cluster.ports[1]}\n`,
    "conf/workers": "",
  });
  await Deno.writeTextFile(`${cluster.home.homeDir}/conf/masters`, `${cluster.names[0]}\n`);
  await cluster.master(cluster.ports[0]).waitForLine(PUBLISHED);
  other.start("jobmanager");
  const here = await doctorFinds(cluster, "unlisted-masters");
  assert.match(here.findings[0]!.sentence, new RegExp(`^${cluster.names[1]} stands for election`));
  const there = await doctor({ home: other });
  assert.deepEqual([there.code, there.verdict.name], [1, "merged-clusters"]);
  assert.match(
    there.verdict.sentence,
    /two clusters use the id \/cluster_one, or conf\/masters is/,
  );
});

Deno.test("doctor: the leader's command fails; its master cools down while another leads", async () => {
  const conf = `${TICK}masterd.jobmanager.command: ["sleep", "1000"]
masterd.jobmanager.restart-delay: 50 ms
masterd.jobmanager.restart-attempts: 3
masterd.jobmanager.cool-down: 60 s
`;
  await using cluster = await StatusCluster.create({ conf });
  const [first] = cluster.names;
  const port = String(cluster.ports[0]);
  const failing = ["-D", 'masterd.jobmanager.command=["sh", "-c", "exit 3"]'];
  cluster.home.start("jobmanager", "--host", "localhost", "-r", port, ...failing);
  const alone = await doctorFinds(cluster, "command-failing");
  assert.match(alone.verdict.sentence, new RegExp(`fails on ${first} \\(.*exit code 3\\)$`));
  await cluster.master(cluster.ports[1]).waitForLine(PUBLISHED);
  const cooling = await doctorFinds(cluster, "cooling-down", first);
  assert.equal(cooling.prospect?.name, "cooling-down");
  assert.ok(!namesOf(cooling).includes("command-failing"));
});

Deno.test("doctor: masters of different versions run", async () => {
  const peer = PlainHttpServer.start(() => Promise.resolve({ status: 200, body: standby() }));
  await using _ = peer;
  await using cluster = await StatusCluster.create({
    conf: TICK,
    masters: ([port]) => `localhost:${port}\n127.0.0.1:${peer.port}\n`,
  });
  function standby(): string {
    const node = { host: "127.0.0.1", webuiPort: peer.port, pid: 1, version: "9.9.9" };
    const connection = { kind: "connected" };
    const leader = null;
    const clusterId = "/cluster_one";
    return JSON.stringify({ node, clusterId, role: "standby", leader, connection, workers: [] });
  }
  await cluster.master(cluster.ports[0]).waitForLine(PUBLISHED);
  const { findings, code } = await doctor(cluster);
  const sentence = findings.find(({ name }) => name === "different-versions")?.sentence;
  assert.match(sentence ?? "", /9\.9\.9 on 127\.0\.0\.1:\d+$/);
  assert.equal(code, 1);
});
