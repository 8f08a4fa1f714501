import assert from "node:assert/strict";
import { connect, type ZooKeeper } from "zookeeper";
import { campaign } from "../../src/election/campaign.ts";
import type { Leadership } from "../../src/election/leadership.ts";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { until } from "../support/until.ts";
import { ZooKeeperServer } from "../support/zookeeper_server.ts";
import { candidacy, layout, TICK_TIME_MS } from "./candidacy.ts";
import { CuratorContender } from "./curator_contender.ts";
import { Reigns } from "./reigns.ts";

const HANDOVERS = 20;
const SESSION_TIMEOUT_MS = 2000;

/** Curator on the latch of masterd, its reigns recorded. */
function startCurator(address: string, reigns: Reigns): Promise<CuratorContender> {
  return CuratorContender.start({
    address,
    latchPath: layout.latch,
    id: "curator",
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    onLeader: (atMs) => reigns.begin("curator", atMs),
    onNotLeader: (atMs) => reigns.end("curator", atMs),
  });
}

/** Leadership of masterd, recorded from the moment the caller has it until the caller must stop. */
async function lead(zk: ZooKeeper, reigns: Reigns): Promise<Leadership> {
  const leadership = await campaign(zk, {
    ...candidacy(zk, "masterd"),
    signal: AbortSignal.timeout(60_000),
  });
  reigns.begin("masterd", performance.now());
  leadership.lost.addEventListener("abort", () => reigns.end("masterd", performance.now()));
  return leadership;
}

function waitForContenders(zk: ZooKeeper, count: number): Promise<unknown> {
  return until(() => zk.getChildren(layout.latch), (read) => read.children.length === count);
}

Deno.test("campaign() and Curator hand leadership to each other 20 times each way", async () => {
  await using server = await ZooKeeperServer.start({ tickTimeMs: TICK_TIME_MS });
  await using zk = await connect(server.address, {
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    signal: AbortSignal.timeout(10_000),
  });
  const reigns = new Reigns();
  await using curator = await startCurator(server.address, reigns);

  let leadership = await lead(zk, reigns);
  for (let round = 1; round <= HANDOVERS; round++) {
    await curator.join();
    await waitForContenders(zk, 2);
    assert.deepEqual(await curator.participants(), ["masterd", "curator"]);
    assert.equal(leadership.lost.aborted, false);
    await leadership.release();
    await reigns.reached("curator", round);
    assert.equal(await curator.leader(), "curator");

    const campaigning = lead(zk, reigns);
    await waitForContenders(zk, 2);
    assert.deepEqual(await curator.participants(), ["curator", "masterd"]);
    await curator.leave();
    leadership = await campaigning;
    assert.equal(reigns.count("masterd"), round + 1);
  }
  await leadership.release();

  assert.equal(reigns.count("curator"), HANDOVERS);
  reigns.assertNeverTwo(curator.clockErrorMs);
  const longestMs = Math.max(...reigns.gapsMs());
  assert.ok(longestMs <= SESSION_TIMEOUT_MS, `no leader for ${longestMs} ms`);
});

Deno.test("campaign() takes over from a Curator contender that is killed", async () => {
  await using server = await ZooKeeperServer.start({ tickTimeMs: TICK_TIME_MS });
  await using zk = await connect(server.address, {
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    signal: AbortSignal.timeout(10_000),
  });
  const reigns = new Reigns();
  await using curator = await startCurator(server.address, reigns);
  await curator.join();
  await reigns.reached("curator", 1);
  const campaigning = lead(zk, reigns);
  await waitForContenders(zk, 2);

  await curator.kill();
  reigns.end("curator", performance.now());
  await using _leadership = await campaigning;

  reigns.assertNeverTwo(curator.clockErrorMs);
  const [gapMs] = reigns.gapsMs();
  // The server notices within one tick after the timeout; the second tick is for a busy machine.
  assert.ok(gapMs! <= SESSION_TIMEOUT_MS + 2 * TICK_TIME_MS, `no leader for ${gapMs} ms`);
});

Deno.test("Curator takes over from a campaign() that is cut off, after that has let go", async () => {
  await using server = await ZooKeeperServer.start({ tickTimeMs: TICK_TIME_MS });
  await using proxy = TcpProxy.start({ target: server.address });
  await using zk = await connect(proxy.address, {
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    signal: AbortSignal.timeout(10_000),
  });
  const reigns = new Reigns();
  await using curator = await startCurator(server.address, reigns);
  await using _leadership = await lead(zk, reigns);
  await curator.join();
  await waitForContenders(zk, 2);

  const cutAtMs = performance.now();
  await proxy.setMode("drop");
  await reigns.reached("curator", 1);
  const tookMs = performance.now() - cutAtMs;
  // Else the leadership could not be given back at the end.
  await proxy.setMode("pass");

  reigns.assertNeverTwo(curator.clockErrorMs);
  assert.ok(tookMs <= SESSION_TIMEOUT_MS + 2 * TICK_TIME_MS, `Curator leads after ${tookMs} ms`);
});
