import assert from "node:assert/strict";
import type { ZooKeeper } from "zookeeper";
import type { Leadership } from "../../../src/election/leadership.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperEnsemble } from "../../support/zookeeper_ensemble.ts";
import type { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { apacheTest } from "../../support/zookeeper_kind.ts";
import { Candidate, layout, LIMIT_MS, loss, openSession } from "./contest.ts";

const SESSION_TIMEOUT_MS = 2000;

/** A follower that lost its leader answers its clients for so many ticks of half a second. */
const SYNC_LIMIT = 60;

async function candidate(
  participant: string,
  address: string,
  sessionTimeoutMs = SESSION_TIMEOUT_MS,
): Promise<Candidate> {
  return new Candidate(participant, await openSession(address, { sessionTimeoutMs }));
}

async function renewal(leadership: Leadership): Promise<void> {
  const before = leadership.deadline();
  await until(() => leadership.deadline(), (deadline) => deadline > before, { intervalMs: 5 });
}

function serverOf({ state }: ZooKeeper): string | undefined {
  return state.kind === "connected" ? state.server : undefined;
}

/** Moves the session until it is on a server that follows another. */
async function moveToFollower(zk: ZooKeeper, leader: ZooKeeperServer): Promise<void> {
  const reason = new Error("the test wants a follower");
  await until(() => {
    const server = serverOf(zk);
    if (server === leader.address) zk.reconnect(reason);
    return server;
  }, (server) => server !== undefined && server !== leader.address);
}

apacheTest("Leadership is held through a rolling restart of three servers", async () => {
  await using ensemble = await ZooKeeperEnsemble.start();
  await using one = await candidate("one", ensemble.address, 10_000);
  const leadership = await one.campaign();
  const { lost } = leadership;
  for (const server of ensemble.servers) {
    await server.restart();
    const limitMs = LIMIT_MS;
    await until(() => ensemble.followers(), (followers) => followers.length === 2, { limitMs });
    await renewal(leadership);
  }
  assert.equal(lost.aborted, false, String(lost.reason));
  await leadership.release();
});

apacheTest(
  "Leadership is held when the server of the leader freezes, and when its quorum link goes dark",
  async () => {
    await using ensemble = await ZooKeeperEnsemble.start({ settings: { syncLimit: SYNC_LIMIT } });
    const leader = await ensemble.leader();
    await using one = await candidate("one", ensemble.address);
    const leadership = await one.campaign();
    const breaks = [
      async (server: ZooKeeperServer) => {
        server.freeze();
        return await Promise.resolve(() => server.thaw());
      },
      async (server: ZooKeeperServer) => {
        const link = ensemble.link(server, leader);
        await link.setMode("drop");
        return () => link.setMode("pass");
      },
    ];
    for (const breakServer of breaks) {
      await moveToFollower(one.zk, leader);
      await renewal(leadership);
      const address = serverOf(one.zk);
      const server = ensemble.servers.find((server) => server.address === address)!;
      const repair = await breakServer(server);
      await until(() => serverOf(one.zk), (now) => now !== undefined && now !== address);
      await renewal(leadership);
      assert.equal(leadership.lost.aborted, false, String(leadership.lost.reason));
      await repair();
    }
    await leadership.release();
  },
);

apacheTest(
  "a leader on a server without its quorum is lost before another leads (T1)",
  async (t) => {
    await using ensemble = await ZooKeeperEnsemble.start({ settings: { syncLimit: SYNC_LIMIT } });
    const leader = await ensemble.leader();
    const [follower] = await ensemble.followers();
    const link = ensemble.link(follower!, leader);
    await using reader = await openSession(follower!.address);
    for (const mode of ["drop", "hold-requests", "hold-replies"] as const) {
      await t.step(mode, async () => {
        await using first = await candidate("first", follower!.address);
        await using second = await candidate("second", leader.address);
        const leadership = await first.campaign();
        let lostAt = Infinity;
        leadership.lost.addEventListener("abort", () => lostAt = performance.now());
        const waiting = second.campaign();
        const electedAt = waiting.then(() => performance.now());
        await link.setMode(mode);
        // What it can answer alone, it answers.
        await reader.exists(layout.latch);
        const reason = await loss(leadership);
        assert.equal(reason.message, "Leadership ended: its lease ran out");
        // A request to come back that gets through to the leader keeps the session, and its node, alive.
        await link.setMode("drop");
        assert.ok(lostAt < await electedAt, `${lostAt} ${await electedAt}`);
        assert.ok(leadership.deadline() < await electedAt);
        await link.setMode("pass");
        await leadership.release();
        await (await waiting).release();
      });
    }
  },
);
