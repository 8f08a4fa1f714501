import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { ZooKeeperEnsemble } from "../../support/zookeeper_ensemble.ts";
import { randomSource } from "../../unit/election/random_source.ts";
import { Candidate, layout, openSession } from "./contest.ts";
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

Deno.test("campaign() never lets two lead while servers of the ensemble are killed", async () => {
  await using ensemble = await ZooKeeperEnsemble.start();
  const random = randomSource();
  const terms = new Terms();
  const stop = new AbortController();
  const candidates = await Promise.all(
    ["a", "b", "c"].map(async (participant) =>
      new Candidate(participant, await openSession(ensemble.address, { sessionTimeoutMs: 8000 }))
    ),
  );
  const standing = candidates.map((candidate) => stand(candidate, terms, stop.signal));
  let epoch = 0n;
  for (let round = 0; round < ROUNDS; round++) {
    const { candidate, leadership } = await terms.next(epoch);
    epoch = leadership.epoch;
    const { state } = candidate.zk;
    if (round % ROUNDS_PER_CRASH !== 0) {
      await leadership.release();
    } else if (state.kind === "connected" && random.below(2) === 0) {
      await crash(ensemble, state.server);
    } else {
      await crash(ensemble, (await ensemble.leader()).address);
    }
    await until(() => leadership.lost.aborted, Boolean);
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
});
