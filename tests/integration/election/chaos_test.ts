import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { type ProxyMode, TcpProxy } from "../../support/tcp_proxy.ts";
import { until } from "../../support/until.ts";
import { randomSource } from "../../unit/election/random_source.ts";
import { Contest, layout } from "./contest.ts";
import { stand, Terms } from "./terms.ts";

const STEPS = 300;
const MAX_STEP_MS = 10;
const NAMES = ["a", "b", "c"];
/** How the network of a candidate is broken for a moment. */
const FAULTS: readonly ProxyMode[] = ["hold-requests", "hold-replies", "drop", "pass"];

const { signal } = new AbortController();

Deno.test("campaign() never lets two lead, nor leaves a node behind, on a bad network", async () => {
  await using contest = await Contest.start();
  const random = randomSource();
  const terms = new Terms();
  const stop = new AbortController();
  const proxies = NAMES.map(() => TcpProxy.start({ target: contest.server.address }));
  const candidates = await Promise.all(
    NAMES.map((name, index) =>
      contest.candidate(name, { address: proxies[index]!.address, sessionTimeoutMs: 10_000 })
    ),
  );
  const standing = candidates.map((candidate) => stand(candidate, terms, stop.signal));

  const releases: (Promise<void> | undefined)[] = [];
  for (let step = 0; step < STEPS; step++) {
    const proxy = proxies[random.below(proxies.length)]!;
    await proxy.setMode(FAULTS[random.below(FAULTS.length)]!);
    await delay(random.below(MAX_STEP_MS), { signal });
    if (random.below(2) === 0) proxy.cutConnections();
    await proxy.setMode("pass");
    await delay(random.below(MAX_STEP_MS), { signal });
    if (random.below(4) === 0) releases.push(terms.all.at(-1)?.leadership.release());
  }

  // Each stands in the queue once; what was left behind would stand there too, or block the others.
  let epoch = 0n;
  for (let round = 0; round < NAMES.length; round++) {
    const { leadership } = await terms.next(epoch);
    epoch = leadership.epoch;
    await until(() => contest.queue(), (queue) => String(queue.toSorted()) === String(NAMES));
    await leadership.release();
  }
  stop.abort();
  await Promise.all([...standing, ...releases]);
  terms.assertSound(random.seed);
  assert.deepEqual(await contest.nodes(), [], random.seed);
  assert.equal(await contest.observer.exists(layout.connectionInfo), undefined, random.seed);
  assert.equal(await contest.observer.exists(layout.details), undefined, random.seed);
  for (const candidate of candidates) await candidate[Symbol.asyncDispose]();
  for (const proxy of proxies) await proxy[Symbol.asyncDispose]();
});
