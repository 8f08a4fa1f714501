import assert from "node:assert/strict";
import { Cluster } from "./cluster.ts";
import type { Host } from "./host.ts";
import { rights, whyNot } from "./namespaces.ts";
import { Network } from "./network.ts";
import { TROUBLES } from "./troubles.ts";

/** One host is sound, and serves ZooKeeper, a master, and the operator. */
const SOUND = 1;

function workerHosts({ hosts }: Network): string[] {
  return hosts.map((host) => host.name);
}

/** Hosts on which this worker runs. */
function runOn({ hosts }: Network, word: string): string[] {
  const runs = (host: Host) => [...host.processes().values()].some((line) => line.includes(word));
  return hosts.filter(runs).map((host) => host.name);
}

async function prepare(network: Network, workers: readonly string[]): Promise<Cluster> {
  const cluster = await Cluster.prepare(network, {
    masters: ["host1:8081"],
    workers,
    servers: ["host1"],
    // A quoted word with a blank, as a shell takes it.
    conf:
      `env.ssh.opts: -o ConnectTimeout=2 -o "UserKnownHostsFile=/home/.ssh/known_hosts /home/no file"
`,
  });
  await cluster.install(network.hosts);
  return cluster;
}

Deno.test({
  name:
    `start-cluster.sh starts what it can, names each host that fails and why, and mends${whyNot}`,
  ignore: !rights,
  async fn() {
    await using network = await Network.start({ hosts: SOUND + TROUBLES.length });
    const cluster = await prepare(network, workerHosts(network));
    const [operator, ...others] = network.hosts as [Host, ...Host[]];
    await cluster.run(operator, "bin/start-zookeeper-quorum.sh");
    for (const [index, { begin }] of TROUBLES.entries()) {
      await begin(cluster, others[index]!, operator);
    }

    const { code, errors } = await cluster.run(operator, "bin/start-cluster.sh --wait=40");
    assert.notEqual(code, 0);
    assert.match(errors, /^host1 +ok$/m);
    for (const [index, { title, says }] of TROUBLES.entries()) {
      const { name } = others[index]!;
      const lines = errors.split("\n").filter((line) => line.startsWith(name));
      assert.match(lines.join("\n"), says, title);
      // In the summary, with a cause.
      assert.match(lines.at(-1)!, /^host\d+ +[a-z].*: /);
    }
    assert.deepEqual(runOn(network, "taskmanager"), ["host1"]);

    for (const [index, { end }] of TROUBLES.entries()) await end(cluster, others[index]!, operator);
    const again = await cluster.run(operator, "bin/start-cluster.sh --wait=40");
    assert.equal(again.code, 0, Deno.inspect(again));
    assert.deepEqual(runOn(network, "taskmanager"), workerHosts(network));
    assert.equal((await cluster.run(operator, "bin/stop-cluster.sh")).code, 0);
    for (const host of others) assert.deepEqual(await cluster.leftOn(host), []);
  },
});

Deno.test({
  name:
    `stop-cluster.sh stops what runs and no stranger, whatever the pid files of a host say${whyNot}`,
  ignore: !rights,
  async fn() {
    await using network = await Network.start({ hosts: 2 });
    const cluster = await prepare(network, ["host2", "host2"]);
    const [operator, other] = network.hosts as [Host, Host];
    await cluster.run(operator, "bin/start-zookeeper-quorum.sh");
    await cluster.run(operator, "bin/start-cluster.sh --wait=40");

    // A pid that is gone, no pid at all, and one that somebody else has by now.
    await other.run("sleep 600 >/dev/null 2>&1 & echo $! > /tmp/stranger");
    const lines = String.raw`99999\t1\t7\thost2\nrubbish\n$(cat /tmp/stranger)\t1\t8\thost2\n`;
    await cluster.run(other, `printf "${lines}" >> run/*-taskexecutor.pid`);
    const { code, lines: said } = await cluster.run(operator, "bin/stop-cluster.sh");
    assert.equal(code, 0);
    assert.equal(said.filter((line) => /^host2: Stopping taskexecutor/.test(line)).length, 2);
    assert.equal(said.filter((line) => /^host2: Skipping taskexecutor/.test(line)).length, 3);
    assert.deepEqual(await cluster.leftOn(other), ["sleep 600"]);

    // After a failure of power its files speak of pids that strangers have.
    await cluster.run(operator, "bin/start-cluster.sh --wait=40");
    await other.kill();
    await other.boot();
    await operator.reaches(other);
    const { lines: [pid] } = await cluster.run(
      other,
      "tail -n 1 run/*-taskexecutor.pid | cut -f 1",
    );
    await other.run(occupy(Number(pid)));
    assert.deepEqual((await other.run(`cat /proc/${pid}/comm`)).lines, ["sleep"]);
    const strangers = other.processes().size;
    assert.equal((await cluster.run(operator, "bin/stop-cluster.sh")).code, 0);
    assert.equal(other.processes().size, strangers);
    assert.deepEqual((await cluster.run(other, "ls -A run")).lines, []);
  },
});

/** A command line that starts strangers until they have this pid. */
function occupy(pid: number): string {
  return `until [ \${last:-0} -ge ${pid} ]; do sleep 600 >/dev/null 2>&1 & last=$!; done`;
}
