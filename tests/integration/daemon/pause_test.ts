import assert from "node:assert/strict";
import type { TestProcess } from "../../support/process.ts";
import { until } from "../../support/until.ts";
import { doctor } from "../cli/doctor/doctor_cluster.ts";
import { StatusCluster } from "../cli/status_cluster.ts";
import { MasterdHome } from "./masterd_home.ts";

const CONF = `masterd.zookeeper.tick-time: 500 ms
masterd.jobmanager.command: ["sh", "-c", "while :; do echo beat >>beats; sleep 0.02; done"]
masterd.jobmanager.stop-grace: 100 ms
`;
const PUBLISHED = (line: string) => line.includes("leader address published");
const WAITS = (line: string) => line.includes("would lead now, but failovers are paused");

/** Two masters, of which the first leads. */
async function start() {
  // A lease has to outlast a restart of ZooKeeper, on a busy machine too.
  const cluster = await StatusCluster.create({ conf: CONF, sessionTimeout: "10 s" });
  const leader = cluster.master(cluster.ports[0]);
  await leader.waitForLine(PUBLISHED);
  const standby = cluster.master(cluster.ports[1]);
  await until(
    () => cluster.status("--roles"),
    ({ out }) => out.at(-1)?.endsWith("standby") ?? false,
  );
  return { cluster, leader, standby };
}

/** How often the leader's command has shown that it runs. */
async function beats({ home: { homeDir } }: StatusCluster): Promise<number> {
  const file = await Deno.stat(`${homeDir}/beats`).catch(() => ({ size: 0 }));
  return file.size;
}

async function pause({ home }: StatusCluster, ...args: string[]) {
  const { code, text } = await home.run("pause", "--json", ...args);
  return { code, ...JSON.parse(text) };
}

Deno.test("masterd pause keeps leadership where it is, and masterd resume lets it go", async () => {
  const { cluster, leader, standby } = await start();
  await using _ = cluster;
  const [first, second] = cluster.names;
  const paused = await pause(cluster, "--reason", "switch replaced");
  assert.deepEqual([paused.code, paused.outcome, paused.paused.reason], [
    ...[0, "paused", "switch replaced"],
  ]);
  assert.match(paused.paused.by, /^\S+@\S+$/);
  assert.ok(paused.leader.startsWith(`${first} (epoch `));
  const again = await pause(cluster, "--reason", "other");
  assert.deepEqual([again.code, again.outcome, again.paused], [0, "already-paused", paused.paused]);

  // The leader leads on through a restart of ZooKeeper, and its command with it.
  await cluster.server.restart();
  const before = await beats(cluster);
  await until(() => beats(cluster), (size) => size > before);
  const examined = await doctor(cluster, first);
  assert.equal(examined.prospect?.name, "leads", Deno.inspect(examined, { depth: 9 }));
  assert.ok(![...leader.lines, ...standby.lines].some(({ text }) => WAITS(text)));
  const refused = await cluster.home.run("switchover", "--to", second);
  assert.equal(refused.code, 1);
  assert.match(refused.text, /Failovers are paused, and with them switchovers/);

  await leader.stop();
  await standby.waitForLine(WAITS);
  const stopped = await beats(cluster);
  await nobodyLeads(cluster);
  const third = cluster.master(cluster.ports[0]);
  await third.waitForLine((line) => line.includes("master bound"));
  await cluster.server.restart();
  const { code, out } = await cluster.status("--json");
  const status = JSON.parse(out[0]!);
  assert.deepEqual([code, status.paused, status.problems[0].kind], [1, paused.paused, "no-leader"]);
  assert.equal(await beats(cluster), stopped);

  const resumed = await cluster.home.run("resume");
  assert.equal(resumed.code, 0);
  assert.match(resumed.text, /^failovers go on; they were paused since .*: switch replaced$/);
  await standby.waitForLine(PUBLISHED);
  await until(() => beats(cluster), (size) => size > stopped);
  assert.equal((await cluster.home.run("resume")).text, "failovers are not paused");
});

async function nobodyLeads(cluster: StatusCluster): Promise<void> {
  const { verdict, prospect } = await doctor(cluster, cluster.names[1]);
  assert.deepEqual([verdict.name, prospect?.name], ["paused-without-leader", "paused"]);
  assert.match(verdict.sentence, /^Nobody leads, and nobody will: failovers are paused since /);
  assert.equal((await cluster.home.run("leader")).code, 1);
}

Deno.test("A leader that is killed while failovers are paused has no successor before the resume", async () => {
  const { cluster, leader, standby } = await start();
  await using _ = cluster;
  assert.equal((await pause(cluster)).code, 0);
  await leader.kill();
  await standby.waitForLine(WAITS, { limitMs: 20_000 });
  const since = standby.lines.length;
  assert.equal((await doctor(cluster)).verdict.name, "paused-without-leader");
  assert.equal(published(standby, since), false);
  assert.equal((await cluster.home.run("resume")).code, 0);
  await standby.waitForLine(PUBLISHED, { from: since });
});

function published({ lines }: TestProcess, from: number): boolean {
  return lines.slice(from).some(({ text }) => PUBLISHED(text));
}

Deno.test("masterd pause waits for a leader, and without one changes nothing unless it is forced", async () => {
  await using cluster = await StatusCluster.create({ conf: CONF });
  const none = await pause(cluster, "--timeout", "0.2");
  assert.deepEqual([none.code, none.outcome], [75, "no-leader"]);
  assert.equal((await cluster.home.run("resume")).text, "failovers are not paused");
  const pausing = cluster.home.start("pause", "--json");
  await cluster.master(cluster.ports[0]).waitForLine(PUBLISHED);
  assert.equal((await pausing.ends()).code, 0, pausing.text);
  assert.equal((await cluster.home.run("resume")).code, 0);
  const forced = await pause(cluster, "--force", "-z", "/cluster_two");
  assert.deepEqual([forced.code, forced.outcome, forced.leader], [0, "paused", null]);
});

Deno.test("masterd pause and resume refuse what they cannot understand or do", async () => {
  await using home = await MasterdHome.create({ "conf/flink-conf.yaml": "" });
  assert.equal((await home.run("pause", "--timeout", "0")).code, 64);
  for (const command of ["pause", "resume"]) {
    const { code, text } = await home.run(command);
    assert.equal(code, 78, text);
    assert.match(text, /must be zookeeper: without it there are no failovers to pause/);
  }
});
