import assert from "node:assert/strict";
import { connect, joinPath } from "zookeeper";
import { PlainHttpServer } from "../../support/plain_http_server.ts";
import { until } from "../../support/until.ts";
import { SilentServer } from "../../support/silent_server.ts";
import { StatusCluster } from "./status_cluster.ts";

const MASTERS = "/flink/cluster_one/masterd/masters";

Deno.test("status --wait sees a cluster start, and status then says who leads", async () => {
  await using cluster = await StatusCluster.create();
  const [first, second] = cluster.names;
  const nobody = await cluster.status();
  assert.equal(nobody.code, 1);
  assert.deepEqual(nobody.errors, [
    "masterd: no leader is known",
    `masterd: master ${first} does not answer: Connection refused (nor is it registered in ZooKeeper)`,
    `masterd: master ${second} does not answer: Connection refused (nor is it registered in ZooKeeper)`,
    "masterd: workers: there is no leader that could tell which are registered",
  ]);
  const waiting = cluster.begin("--wait", "60", "--roles");
  const { leader } = await cluster.start();
  assert.equal((await waiting.ends()).code, 0, waiting.text);
  assert.deepEqual(waiting.lines.map(({ text }) => text), [
    `localhost\t${cluster.ports[0]}\tleader`,
    `localhost\t${cluster.ports[1]}\tstandby`,
  ]);

  const { code, masters, leader: known } = await cluster.json();
  assert.equal(code, 0);
  assert.deepEqual(masters.map(({ role, pid }) => [role, pid === leader.pid]), [
    ["leader", true],
    ["standby", false],
  ]);
  assert.deepEqual([known?.port, known?.epoch], [cluster.ports[0], masters[0]?.epoch]);
  const { out } = await cluster.status();
  assert.match(out.at(-1)!, /leads \(epoch \d+\); workers: 1 registered, 1 expected$/);

  const other = await cluster.status("-z", "/cluster_two");
  assert.equal(other.code, 1);
  assert.match(other.errors[1]!, /is not there: a master of the cluster \/cluster_one answers/);
});

Deno.test("status names a frozen leader, and after its return the one that leads now", async () => {
  await using cluster = await StatusCluster.create();
  const { leader } = await cluster.start();
  assert.equal((await cluster.status("--wait", "60")).code, 0);
  leader.signal("SIGSTOP");
  // Its node is gone with its session, or there: in both cases it does not answer.
  const frozen = await cluster.json("--wait", "0.1");
  assert.equal(frozen.code, 75);
  assert.equal(frozen.masters[0]?.role, "unreachable");
  const silence = frozen.problems.filter(({ message }) => message.includes("no answer in time"));
  assert.ok(silence.length > 0);
  leader.signal("SIGCONT");
  const { code, masters } = await cluster.json("--wait", "60");
  assert.equal(code, 0);
  assert.deepEqual(masters.map(({ role }) => role).sort(), ["leader", "standby"]);
});

Deno.test("status finds masters whose ports are not fixed, and those of no line", async () => {
  await using cluster = await StatusCluster.create({ masters: () => "localhost:0\nlocalhost:0\n" });
  for (const _ of [1, 2]) cluster.master(0);
  cluster.worker();
  const { code, masters, problems } = await cluster.json("--wait", "60");
  assert.deepEqual([code, problems], [0, []]);
  assert.deepEqual(masters.map(({ isListed, isRegistered }) => [isListed, isRegistered]), [
    [true, true],
    [true, true],
  ]);
  assert.ok(masters.every(({ port }) => port !== 0) && masters[0]?.port !== masters[1]?.port);
  const roles = await cluster.status("--roles");
  assert.deepEqual(roles.out.map((line) => line.replace(/leader|standby/, "role")), [
    "localhost\t0\trole",
    "localhost\t0\trole",
  ]);

  cluster.master(cluster.ports[0]);
  const third = await until(() => cluster.json(), ({ masters }) => masters.length === 3);
  assert.equal(third.code, 0);
  assert.equal(third.masters.find(({ isListed }) => !isListed)?.remark, "not in conf/masters");
});

Deno.test("status names who claims to lead, who says nothing, and passes over foreign nodes", async () => {
  const liar = PlainHttpServer.start(() => Promise.resolve({ status: 200, body: claim() }));
  await using _ = liar;
  await using silent = SilentServer.start();
  await using cluster = await StatusCluster.create({
    masters: ([port]) => `localhost:${port}\n127.0.0.1:${liar.port}\n127.0.0.1:${silent.port}\n`,
  });
  function claim(): string {
    const leader = { address: "http://\x1b[2J", leaderSessionId: "x", epoch: "99" };
    const node = { host: "127.0.0.1", webuiPort: liar.port, pid: 1 };
    return JSON.stringify({ node, clusterId: "/cluster_one", role: "leader", leader, workers: [] });
  }
  const [name] = cluster.names;
  cluster.worker();
  await cluster.master(cluster.ports[0]).waitForLine((line) => line.includes("address published"));
  await using zk = await connect(cluster.server.address, { signal: AbortSignal.timeout(10_000) });
  const foreign = ["{", "null", '{"participant":7}', '{"participant":"-oProxyCommand=id:1"}'];
  for (const [index, text] of [...foreign, '{"participant":"localhost:1"}'].entries()) {
    const mode = index < foreign.length ? "ephemeral" : "persistent";
    await zk.create(joinPath(MASTERS, `foreign-${index}`), new TextEncoder().encode(text), {
      mode,
    });
  }

  const { code, out, errors } = await cluster.status("--wait", "0.1");
  assert.equal(code, 75);
  assert.equal(out.findIndex((line) => line === ""), 4, out.join("\n"));
  const epoch = /\(epoch (\d+)\)/.exec(out.at(-1)!)?.[1];
  assert.deepEqual(errors.slice(0, 2), [
    `masterd: 127.0.0.1:${liar.port} says that it leads (epoch 99), ` +
    `but ZooKeeper names ${name} (epoch ${epoch})`,
    `masterd: master 127.0.0.1:${silent.port} does not answer: no answer in time ` +
    "(nor is it registered in ZooKeeper)",
  ]);
});

Deno.test("status tells of masters without ZooKeeper, and ends at once when interrupted", async () => {
  await using cluster = await StatusCluster.create();
  const { leader, standby } = await cluster.start();
  assert.equal((await cluster.status("--wait", "60")).code, 0);
  cluster.server.freeze();
  const frozen = await cluster.json("--wait", "0.1");
  assert.equal(frozen.code, 75);
  assert.equal(frozen.problems[0]?.kind, "election-unreachable");
  assert.ok(frozen.masters.every(({ role }) => role !== "unreachable"));
  for (const master of [leader, standby]) await master.kill();
  const dark = await cluster.status();
  assert.equal(dark.code, 69, dark.errors.join("\n"));
  assert.match(dark.errors[0]!, /^masterd: ZooKeeper does not answer: /);

  const waiting = cluster.begin("--wait", "600");
  // Earlier, Deno itself would end it, without a word.
  await until(() => hasReached(waiting.pid, cluster.server.port), (itHas) => itHas);
  waiting.signal("SIGINT");
  assert.equal((await waiting.ends()).code, 130, waiting.text);
  assert.equal(waiting.text, "masterd: Interrupted by SIGINT");
});

/** Whether a process has a connection to a port of the loopback interface (`proc_pid_net(5)`). */
async function hasReached(pid: number, port: number): Promise<boolean> {
  const remote = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")} 01 `;
  const table = (await Deno.readTextFile("/proc/net/tcp")).split("\n");
  const sockets = table.filter((line) => line.includes(remote))
    .map((line) => `socket:[${line.trim().split(/\s+/)[9]}]`);
  for await (const { name } of Deno.readDir(`/proc/${pid}/fd`)) {
    if (sockets.includes(await Deno.readLink(`/proc/${pid}/fd/${name}`))) return true;
  }
  return false;
}

Deno.test("status --watch writes a line for each change, until it is interrupted", async () => {
  await using cluster = await StatusCluster.create();
  const [first, second] = cluster.names;
  await cluster.start();
  assert.equal((await cluster.status("--wait", "60")).code, 0);
  const watching = cluster.begin("--watch");
  await watching.waitForLine((line) => line.includes(`${first} leads`));
  assert.equal((await cluster.home.run("switchover")).code, 0);
  await watching.waitForLine((line) => line.includes(`${second} leads`));
  watching.signal("SIGINT");
  assert.equal((await watching.ends()).code, 130);
});
