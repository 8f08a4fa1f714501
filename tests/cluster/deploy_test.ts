import assert from "node:assert/strict";
import { Cluster } from "./cluster.ts";
import type { Host } from "./host.ts";
import { writeProgram } from "./installation.ts";
import { rights, whyNot } from "./namespaces.ts";
import { Network } from "./network.ts";

/** The version that each host runs, its own configuration, and what lies around besides. */
async function found(cluster: Cluster, hosts: readonly Host[]): Promise<string[][]> {
  const look = "./masterd --version | head -n 1; cat conf/masters; ls versions | grep -c new";
  return await Promise.all(hosts.map(async (host) => (await cluster.run(host, look)).lines));
}

Deno.test({
  name:
    `deploy-cluster.sh switches all hosts or none: a full disk on one of them stops it${whyNot}`,
  ignore: !rights,
  async fn() {
    await using network = await Network.start({ hosts: 3 });
    const [operator, sound, small] = network.hosts as [Host, Host, Host];
    const cluster = await Cluster.prepare(network, {
      masters: ["host1:8081", "host2:8081"],
      workers: ["host3"],
      servers: ["host1"],
    });
    await cluster.install([operator]);
    await Deno.mkdir(small.path(cluster.home));
    await small.root("mount", "-t", "tmpfs", "-o", "size=2m,mode=0777", "tmpfs", cluster.home);
    assert.equal((await cluster.run(operator, "bin/deploy-cluster.sh")).code, 0);
    const old = ["masterd 0.1.0", "host1:8081", "host2:8081", "0"];
    assert.deepEqual(await found(cluster, [sound, small]), [old, old]);

    await writeProgram(operator, cluster.home, "9.9.9");
    await cluster.run(operator, "echo host3:8081 >> conf/masters");
    await cluster.run(small, "yes > filler");
    const failed = await cluster.run(operator, "bin/deploy-cluster.sh");
    assert.notEqual(failed.code, 0);
    assert.match(failed.errors, /^host3: .*No space left on device/m);
    assert.deepEqual(await found(cluster, [sound, small]), [old, old]);

    await cluster.run(small, "rm filler");
    assert.equal((await cluster.run(operator, "bin/deploy-cluster.sh")).code, 0);
    const anew = ["masterd 9.9.9", "host1:8081", "host2:8081", "host3:8081", "0"];
    assert.deepEqual(await found(cluster, [sound, small]), [anew, anew]);
    assert.equal((await cluster.run(operator, "bin/deploy-cluster.sh --rollback")).code, 0);
    assert.deepEqual(await found(cluster, [sound, small]), [old, old]);
  },
});
