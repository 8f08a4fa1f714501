import assert from "node:assert/strict";
import { loadExpectedCluster } from "../../../../src/cli/status/expected_cluster.ts";
import { loadConfiguration } from "../../../../src/config/configuration.ts";
import { Installation } from "../installation.ts";

async function expected(conf: string, files: Record<string, string> = {}) {
  await using installation = await Installation.create({
    "flink-conf.yaml": conf,
    "masters": "a:8081\nb\nc:0\n[::1]:8082\n",
    "workers": "w\nw\n",
    ...files,
  });
  const { homeDir } = installation;
  const source = { confDir: `${homeDir}/conf`, homeDir, environment: {}, dynamicProperties: [] };
  return await loadExpectedCluster((await loadConfiguration(source)).configuration);
}

const HA = `high-availability: zookeeper
high-availability.zookeeper.quorum: localhost:2181
high-availability.storageDir: state
rest.port: 9000
`;

Deno.test("loadExpectedCluster() reads lines and the ports at which masters may answer", async () => {
  const { masters, workerHosts } = await expected(HA);
  assert.deepEqual(masters, [
    { host: "a", linePort: 8081, ports: [8081] },
    { host: "b", linePort: 9000, ports: [9000] },
    { host: "c", linePort: 0, ports: [] },
    { host: "::1", linePort: 8082, ports: [8082] },
  ]);
  assert.deepEqual(workerHosts, ["w", "w"]);
});

Deno.test("loadExpectedCluster() lets rest.bind-port beat the ports of the lines", async () => {
  const { masters: [one] } = await expected(`${HA}rest.bind-port: 7000\n`);
  assert.deepEqual(one, { host: "a", linePort: 8081, ports: [7000] });
  const { masters: [any] } = await expected(`${HA}rest.bind-port: 7000-7003\n`);
  assert.deepEqual(any, { host: "a", linePort: 8081, ports: [] });
});

Deno.test("loadExpectedCluster() knows one master without high availability", async () => {
  const conf = "jobmanager.rpc.address: lone\nrest.port: 9000\n";
  const { masters } = await expected(conf, { masters: "no line: at all" });
  assert.deepEqual(masters, [{ host: "lone", linePort: 9000, ports: [9000] }]);
  const ranged = await expected(`${conf}rest.bind-port: 0,7000-65535\n`);
  assert.equal(ranged.masters[0]?.ports[0], 7000);
  assert.equal(ranged.masters[0]?.ports.length, 15);
});
