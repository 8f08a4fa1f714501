import assert from "node:assert/strict";
import { aborted } from "../../../src/async/abortable.ts";
import { openStateAccess } from "../../../src/cli/state/zookeeper_access.ts";
import { loadConfiguration } from "../../../src/config/configuration.ts";
import { isStateError } from "../../../src/state/errors.ts";
import { MasterdHome } from "../daemon/masterd_home.ts";
import { ZooKeeperServer } from "../../support/zookeeper_server.ts";

const signal = new AbortController().signal;

async function configurationFor(address: string) {
  await using home = await MasterdHome.create({
    "conf/flink-conf.yaml": `high-availability: zookeeper
high-availability.zookeeper.quorum: ${address}
high-availability.cluster-id: /cluster_one
high-availability.storageDir: state
`,
  });
  const { homeDir } = home;
  const source = { confDir: `${homeDir}/conf`, homeDir, environment: {}, dynamicProperties: [] };
  return (await loadConfiguration(source)).configuration;
}

Deno.test("openStateAccess() finds no entry and no leader in an empty ZooKeeper", async () => {
  await using server = await ZooKeeperServer.start();
  await using access = await openStateAccess(await configurationFor(server.address), { signal });
  assert.deepEqual(await access.versions("a", { signal }), []);
  const reader = await access.reader({ signal });
  assert.deepEqual(await reader.list({ signal }), { entries: [], broken: [] });
  for await (const leader of access.leaders({ signal })) {
    assert.equal(leader, undefined);
    break;
  }
});

Deno.test("openStateAccess() gives up when ZooKeeper is away for too long", async () => {
  await using server = await ZooKeeperServer.start();
  const configuration = await configurationFor(server.address);
  await using access = await openStateAccess(configuration, { signal, outageLimitMs: 1 });
  assert.ok(!access.lost.aborted);
  await server.kill();
  await aborted(access.lost);
  assert.ok(isStateError(access.lost.reason, "unavailable"));
  assert.equal(access.lost.reason.message, "The connection to ZooKeeper is away for 0.001 s");
});
