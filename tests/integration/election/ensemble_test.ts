import assert from "node:assert/strict";
import { isZkError } from "zookeeper";
import { TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { ZooKeeperEnsemble } from "../../support/zookeeper_ensemble.ts";
import type { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { apacheTest } from "../../support/zookeeper_kind.ts";
import { randomSource } from "../../unit/election/random_source.ts";
import { Candidate, errorOf, layout, openSession } from "./contest.ts";
import { LEAD_LIMIT_MS, stand, Terms } from "./terms.ts";

const ROUNDS = 30;
const ROUNDS_PER_CRASH = 6;

/** Kills the server, waits until the others have a leader, and brings it back. */
async function crash(ensemble: ZooKeeperEnsemble, address: string): Promise<void> {
  const server = ensemble.servers.find((server) => server.address === address)!;
  await server.kill();
  await ensemble.leader();
  await server.restart();
  await until(() => ensemble.followers(), (followers) => followers.length === 2, {
    limitMs: LEAD_LIMIT_MS,
  });
}

apacheTest(
  "campaign() never lets two lead, and a leader is held, while servers are killed",
  async () => {
    await using ensemble = await ZooKeeperEnsemble.start();
    const random = randomSource();
    const terms = new Terms();
    const stop = new AbortController();
    const candidates = await Promise.all(
      ["a", "b", "c"].map(async (participant) =>
        new Candidate(
          participant,
          await openSession(ensemble.address, { sessionTimeoutMs: 10_000 }),
        )
      ),
    );
    const standing = candidates.map((candidate) => stand(candidate, terms, stop.signal));
    let epoch = 0n;
    for (let round = 0; round < ROUNDS; round++) {
      const { candidate, leadership } = await terms.next(epoch);
      epoch = leadership.epoch;
      const { state } = candidate.zk;
      if (round % ROUNDS_PER_CRASH === 0) {
        const isOwn = state.kind === "connected" && random.below(2) === 0;
        await crash(ensemble, isOwn ? state.server : (await ensemble.leader()).address);
        assert.equal(leadership.lost.aborted, false, `${random.seed} ${leadership.lost.reason}`);
      }
      await leadership.release();
    }
    await terms.next(epoch);
    stop.abort();
    await Promise.all(standing);

    assert.ok(terms.all.length > ROUNDS);
    terms.assertSound(random.seed);
    const [{ zk }] = candidates as [Candidate];
    await zk.sync(layout.latch);
    assert.deepEqual((await zk.getChildren(layout.latch)).children, []);
    assert.equal(await zk.exists(layout.connectionInfo), undefined);
    for (const candidate of candidates) await candidate[Symbol.asyncDispose]();
  },
);

apacheTest(
  "campaign() does not lead on the word of a server that is cut off from its quorum",
  async () => {
    await using ensemble = await ZooKeeperEnsemble.start({ settings: { syncLimit: 30 } });
    const leader = await ensemble.leader();
    const [follower] = await ensemble.followers() as [ZooKeeperServer];
    await using proxy = TcpProxy.start({ target: follower.address });
    await using observer = await openSession(follower.address);
    const open = async (name: string, address: string) =>
      new Candidate(name, await openSession(address, { sessionTimeoutMs: 3000 }));
    await using first = await open("first", leader.address);
    await using second = await open("second", proxy.address);
    await using third = await open("third", leader.address);
    const queued = (count: number) =>
      until(() => observer.getChildren(layout.latch), (read) => read.children.length === count);

    const leadership = await first.campaign();
    let hasWon = false;
    const misled = second.campaign().then(() => hasWon = true);
    const error = errorOf(misled);
    await queued(2);
    const waiting = third.campaign();
    await queued(3);
    await proxy.setMode("hold-replies");
    await leadership.release();
    await queued(2);
    const link = ensemble.link(follower, leader);
    await link.setMode("drop");
    // From here on the second hears what its server knew: that its turn has come.
    await proxy.setMode("pass");

    await waiting;
    assert.equal(hasWon, false);
    await link.setMode("pass");
    assert.ok(isZkError(await error, "SessionExpired"));
  },
);
