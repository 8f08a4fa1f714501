import assert from "node:assert/strict";
import { Cluster } from "./cluster.ts";
import type { Host } from "./host.ts";
import { rights, whyNot } from "./namespaces.ts";
import { Network } from "./network.ts";

function assertDone({ code, errors }: { code: number; errors: string }): void {
  assert.equal(code, 0, errors);
}

/** Two installations on the same hosts, two clusters on the same ZooKeeper. */
async function prepare(network: Network): Promise<[Cluster, Cluster]> {
  const [one, two] = ["one", "two"].map((name, index) =>
    Cluster.prepare(network, {
      home: `/opt/${name}`,
      clusterId: `/${name}`,
      masters: [`host1:${8081 + index}`, `host2:${8081 + index}`],
      workers: ["host1", "host2"],
      servers: ["host1"],
    })
  ) as [Promise<Cluster>, Promise<Cluster>];
  return await Promise.all([one, two]);
}

/** What runs from an installation, by its pid. */
function daemons({ network }: Cluster, role: RegExp): number[] {
  return network.hosts.flatMap((host) =>
    [...host.processes()].filter(([, words]) => role.test(words)).map(([pid]) => pid)
  );
}

/** What `masterd clusters` says of each: the first two columns. */
async function clusters(cluster: Cluster, operator: Host): Promise<string[]> {
  const { lines } = await cluster.run(operator, "./masterd clusters");
  return lines.slice(1).map((line) => line.split(/ {2,}/).slice(0, 2).join(" "));
}

Deno.test({
  name: `two installations on the same hosts neither see nor stop each other${whyNot}`,
  ignore: !rights,
  async fn() {
    await using network = await Network.start({ hosts: 2 });
    const [one, two] = await prepare(network);
    const operator = network.host(1);
    await Promise.all([one, two].map((cluster) => cluster.install(network.hosts)));
    assertDone(await one.run(operator, "bin/start-zookeeper-quorum.sh"));
    assertDone(await one.run(operator, "bin/start-cluster.sh --wait=40"));
    const ofOne = daemons(one, /\/opt\/one\/conf/);
    assert.ok(ofOne.length >= 4);
    assert.deepEqual((await two.run(operator, "bin/stop-cluster.sh")).lines.slice(0, 2), [
      "host2: No taskexecutor daemon to stop on host host2.",
      "No taskexecutor daemon to stop on host host1.",
    ]);
    assertDone(await two.run(operator, "bin/start-cluster.sh --wait=40"));
    const { epoch } = await one.leads();
    assert.deepEqual(await clusters(two, operator), ["/one alive", "/two alive"]);

    assertDone(await two.run(operator, "bin/stop-cluster.sh"));
    assert.deepEqual(await clusters(one, operator), ["/one alive", "/two dead"]);
    assert.deepEqual(daemons(one, /\/opt\/one\/conf/), ofOne);
    assert.deepEqual(daemons(two, /\/opt\/two\/conf/), []);
    assert.equal((await one.leads()).epoch, epoch);
    assertDone(await one.run(operator, "bin/stop-cluster.sh"));
    assertDone(await one.run(operator, "bin/stop-zookeeper-quorum.sh"));
    for (const host of network.hosts) assert.deepEqual(await one.leftOn(host), []);
  },
});
