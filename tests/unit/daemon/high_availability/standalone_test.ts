import assert from "node:assert/strict";
import {
  openStandaloneServices,
  STANDALONE_LEADER_SESSION_ID,
} from "../../../../src/daemon/high_availability/standalone.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import { VERSION } from "../../../../src/daemon/version.ts";
import { testConfiguration } from "../fakes.ts";

const signal = new AbortController().signal;

async function firstLeader(
  changes?: Parameters<typeof testConfiguration>[0],
): Promise<LeaderInformation | undefined> {
  await using services = openStandaloneServices(testConfiguration(changes));
  for await (const leader of services.followLeader({ signal })) return leader;
}

Deno.test("openStandaloneServices() leads at once, with Flink's default session id", async () => {
  await using services = openStandaloneServices(testConfiguration());
  await using leadership = await services.campaign({ participant: "localhost:8081", signal });
  assert.equal(leadership.leaderSessionId, STANDALONE_LEADER_SESSION_ID);
  assert.equal(leadership.epoch, 0n);
  assert.equal(leadership.lost.aborted, false);
  assert.equal(leadership.deadline(), Infinity);
  leadership.onRenewal(() => assert.fail("nothing to renew"))();
  assert.deepEqual(services.connection.value, { kind: "none" });
});

Deno.test("openStandaloneServices() finds the leader where the configuration says", async () => {
  assert.deepEqual(await firstLeader({ rpcPort: 7000, rest: { address: "::1", port: 9000 } }), {
    leaderSessionId: STANDALONE_LEADER_SESSION_ID,
    address: "http://[::1]:9000",
    details: { host: "localhost", webuiPort: 9000, rpcPort: 7000, epoch: 0n, version: VERSION },
  });
});

Deno.test("openStandaloneServices() tells what the master in its own process published", async () => {
  await using services = openStandaloneServices(testConfiguration());
  await using leadership = await services.campaign({ participant: "localhost:8081", signal });
  await leadership.publish({ host: "h", webuiPort: 1, rpcPort: 2 }, { signal });
  for await (const leader of services.followLeader({ signal })) {
    assert.equal(leader?.address, "http://h:1");
    return;
  }
});

Deno.test("openStandaloneServices() does not campaign with an aborted signal", async () => {
  await using services = openStandaloneServices(testConfiguration());
  const campaign = async () =>
    await services.campaign({ participant: "a:1", signal: AbortSignal.abort(new Error("enough")) });
  await assert.rejects(campaign, { message: "enough" });
});
