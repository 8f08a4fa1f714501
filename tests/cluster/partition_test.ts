import assert from "node:assert/strict";
import { Cluster } from "./cluster.ts";
import type { Host } from "./host.ts";
import { rights, whyNot } from "./namespaces.ts";
import { Network } from "./network.ts";

interface Partition {
  title: string;
  begin(network: Network, one: Host, others: readonly Host[]): Promise<void>;
  end(network: Network, one: Host, others: readonly Host[]): Promise<void>;
}

const PARTITIONS: readonly Partition[] = [
  {
    title: "its link is down",
    begin: (_network, one) => one.unplug(),
    end: (_network, one) => one.plug(),
  },
  {
    title: "what it sends is lost",
    begin: (network, one, others) => network.lose(one, others),
    end: (network, one) => network.heal(one),
  },
  {
    title: "what it should hear is lost",
    begin: (network, one, others) => all(others, (other) => network.lose(other, [one])),
    end: (network, _one, others) => all(others, (other) => network.heal(other)),
  },
];

async function all(hosts: readonly Host[], act: (host: Host) => Promise<void>): Promise<void> {
  await Promise.all(hosts.map(act));
}

/** Cuts the leader's host off, and joins it again once another leads. */
async function cutOff(cluster: Cluster, operator: Host, { begin, end }: Partition): Promise<void> {
  const { network } = cluster;
  cluster.startAnew();
  const { epoch } = await cluster.leads();
  const one = await cluster.leaderHost(operator);
  const others = network.hosts.filter((host) => host !== one);
  await begin(network, one, others);
  const next = await cluster.reignAfter(epoch);
  await end(network, one, others);
  await cluster.whole(operator);
  assert.equal((await cluster.leads()).epoch, next.epoch);
  assert.deepEqual(cluster.chronicle.reigns.map((reign) => reign.epoch), [epoch, next.epoch]);
  assert.deepEqual(cluster.chronicle.overlaps, []);
}

Deno.test({
  name: `a leader that is cut off with its host has stopped before another begins${whyNot}`,
  ignore: !rights,
  async fn(test) {
    await using network = await Network.start({ hosts: 3 });
    const cluster = await Cluster.prepare(network, {
      masters: ["host1:8081", "host2:8081"],
      workers: ["host1", "host2", "host3"],
      servers: ["host1", "host2", "host3"],
    });
    await cluster.install(network.hosts);
    const operator = network.host(3);
    await cluster.run(operator, "bin/start-zookeeper-quorum.sh");
    await cluster.run(operator, "bin/start-cluster.sh");
    await cluster.whole(operator);
    for (const partition of PARTITIONS) {
      await test.step(partition.title, () => cutOff(cluster, operator, partition));
    }
  },
});
