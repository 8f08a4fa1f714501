import assert from "node:assert/strict";
import { Cluster } from "./cluster.ts";
import type { Host, Outcome } from "./host.ts";
import { rights, whyNot } from "./namespaces.ts";
import { Network } from "./network.ts";

/** Two masters, three workers, three ZooKeeper servers. */
const DAEMONS = 8;

/** What a script printed, with the figures of this run left out. */
function told({ lines }: Outcome): string[] {
  return lines.map((line) => line.replace(/\(pid: \d+\)/, "(pid: N)"));
}

function assertDone(outcome: Outcome): void {
  assert.equal(outcome.code, 0, Deno.inspect(outcome));
}

function summary(...hosts: string[]): string[] {
  const width = Math.max(...hosts.map((host) => host.length));
  return [`${"HOST".padEnd(width)}  RESULT`, ...hosts.map((host) => `${host.padEnd(width)}  ok`)];
}

async function bringUp(cluster: Cluster, operator: Host): Promise<void> {
  assertDone(await cluster.run(operator, "bin/deploy-cluster.sh"));
  const quorum = await cluster.run(operator, "bin/start-zookeeper-quorum.sh");
  assertDone(quorum);
  assert.deepEqual(told(quorum).slice(0, 7), [
    "host1: Starting zookeeper daemon on host host1.",
    "host2: Starting zookeeper daemon on host host2.",
    "Starting zookeeper daemon on host fd77::3.",
    ...summary("host1", "host2", "fd77::3"),
  ]);
  assert.match(quorum.lines.at(-1)!, /^Server [123] \(\S+\) leads the quorum of 3; 2 follow\.$/);
  const started = await cluster.run(operator, "bin/start-cluster.sh --wait=60");
  assertDone(started);
  assert.deepEqual(told(started).slice(0, 10), [
    "Starting HA cluster with 2 masters and 3 peers in ZooKeeper quorum.",
    "host1: Starting standalonesession daemon on host host1.",
    "host1: Starting taskexecutor daemon on host host1.",
    "fd77::2: Starting standalonesession daemon on host fd77::2.",
    "fd77::2: Starting taskexecutor daemon on host fd77::2.",
    "Starting taskexecutor daemon on host host3.",
    ...summary("host1", "fd77::2", "host3"),
  ]);
}

/** Power and link of the leader's host fail; another leads; the host comes back. */
async function loseLeader(cluster: Cluster, operator: Host): Promise<void> {
  const { epoch } = await cluster.leads();
  const lost = await cluster.leaderHost(operator);
  await lost.kill();
  const next = await cluster.reignAfter(epoch);
  const { code, errors } = await cluster.run(operator, "bin/cluster-status.sh");
  assert.equal(code, 1);
  assert.match(errors, new RegExp(lost.name === "host1" ? "host1:8081" : "\\[fd77::2\\]:8081"));

  await lost.boot();
  await operator.reaches(lost);
  assertDone(await cluster.run(operator, "bin/start-zookeeper-quorum.sh"));
  assertDone(await cluster.run(operator, "bin/start-cluster.sh --wait=60"));
  assert.equal((await cluster.leads()).epoch, next.epoch);
  assert.deepEqual(cluster.chronicle.overlaps, []);
}

async function restartAll(cluster: Cluster, operator: Host): Promise<void> {
  const before = daemons(cluster);
  cluster.startAnew();
  await cluster.leads();
  assertDone(await cluster.run(operator, "bin/rolling-restart.sh --zookeeper"));
  await cluster.whole(operator);
  // The one before and the one after: leadership has moved once.
  assert.equal(cluster.chronicle.reigns.length, 2);
  assert.deepEqual(cluster.chronicle.overlaps, []);
  const after = daemons(cluster);
  assert.equal(after.size, DAEMONS);
  assert.equal(before.union(after).size, 2 * DAEMONS);
}

/** The pids of masters, workers and ZooKeeper servers. */
function daemons({ network }: Cluster): Set<number> {
  const all = network.hosts.flatMap((host) => [...host.processes()]);
  const isDaemon = /^\S+(deno|java) .*(main\.ts (jobmanager|taskmanager)|QuorumPeerMain) /;
  return new Set(all.filter(([, words]) => isDaemon.test(words)).map(([pid]) => pid));
}

/** The leader last, so that nobody follows it. */
async function stop(cluster: Cluster, operator: Host): Promise<void> {
  const masters = ["fd77::2", "host1"];
  if ((await cluster.leaderHost(operator)).name !== "host1") masters.reverse();
  cluster.startAnew();
  await cluster.leads();
  const stopped = await cluster.run(operator, "bin/stop-cluster.sh");
  assertDone(stopped);
  assert.deepEqual(told(stopped), [
    "Stopping taskexecutor daemon (pid: N) on host host3.",
    "fd77::2: Stopping taskexecutor daemon (pid: N) on host fd77::2.",
    "host1: Stopping taskexecutor daemon (pid: N) on host host1.",
    ...masters.map((host) =>
      `${host}: Stopping standalonesession daemon (pid: N) on host ${host}.`
    ),
    ...summary("host3", "fd77::2", "host1"),
  ]);
  assert.equal(cluster.chronicle.reigns.length, 1);
  assertDone(await cluster.run(operator, "bin/stop-zookeeper-quorum.sh"));
  for (const host of cluster.network.hosts) assert.deepEqual(await cluster.leftOn(host), []);
}

Deno.test({
  name: `three hosts: deployed, started, one lost and brought back, restarted, stopped${whyNot}`,
  ignore: !rights,
  async fn() {
    await using network = await Network.start({ hosts: 3 });
    const cluster = await Cluster.prepare(network, {
      masters: ["host1:8081", "[fd77::2]:8081"],
      workers: ["host1", "[fd77::2]", "host3"],
      servers: ["host1", "host2", "[fd77::3]"],
    });
    const operator = network.host(3);
    await cluster.install([operator]);
    await bringUp(cluster, operator);
    await loseLeader(cluster, operator);
    await restartAll(cluster, operator);
    await stop(cluster, operator);
  },
});
