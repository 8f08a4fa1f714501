/** The campaign in small, from the sources: order and safety only, no times. */
import assert from "node:assert/strict";
import { RecorderClock } from "./clock.ts";
import { Cluster, type ClusterOptions } from "./cluster.ts";
import { crash, crashWithGuards, terminate } from "./faults.ts";
import type { Outcome } from "./outcome.ts";
import { SOURCE_PROGRAM } from "./program.ts";
import { dieOnce, release } from "./scenarios/crash.ts";
import { blinkOnce, cutOffFollowerOnce, cutOffOnce, LINK_FAULTS } from "./scenarios/dark.ts";
import { freezeOnce, freezeWithGuardsOnce } from "./scenarios/frozen.ts";
import { interleaveOnce } from "./scenarios/random.ts";
import { rollOnce } from "./scenarios/rolling.ts";
import { switchOnce } from "./scenarios/switchover.ts";
import { FAILOVERS } from "./state/failovers.ts";
import { StateRuns } from "./state/state_runs.ts";
import { apacheTest } from "../support/zookeeper_kind.ts";

/** One of each kind: death, freeze, darkness, handover, and what comes late. */
const STATE_FAILOVERS = [
  ...["unseat", "crash", "crashWithGuards", "freezeWithGuards", "latePut"] as const,
  ...["dark", "holdReplies", "refuse", "switchover", "unseat"] as const,
];

async function startCluster(options: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const clock = await RecorderClock.calibrate();
  const small = { program: SOURCE_PROGRAM, sessionTimeoutMs: 2000, servers: 1, masters: 2, clock };
  return await Cluster.start({ ...small, ...options });
}

function assertSound(outcome: Outcome): void {
  assert.deepEqual(outcome.failures, []);
}

function assertHandover(outcome: Outcome): void {
  assertSound(outcome);
  assert.equal(outcome.changes, 1);
  assert.ok(outcome.idleMs! > 0);
}

Deno.test("T16, T20: a killed daemon's command is dead, strays too, before the next leader's starts", async () => {
  await using cluster = await startCluster({ recorder: ["stray"] });
  assertHandover(await dieOnce(cluster, { fault: crash }));
  assertHandover(await dieOnce(cluster, { fault: crashWithGuards, after: release }));
  // With nobody to close the session, it expires.
  assertHandover(await dieOnce(cluster, { fault: crashWithGuards }));
});

Deno.test("T17: a command that is slow to stop has ended before the next leader's starts", async () => {
  await using cluster = await startCluster({ recorder: ["stubborn=300"] });
  const outcome = await dieOnce(cluster, { fault: terminate });
  assertHandover(outcome);
  assert.equal(outcome.stops, 1);
});

Deno.test("T2, T29, T32: a leader that is cut off has stopped its command before another leads", async () => {
  await using cluster = await startCluster();
  for (const link of LINK_FAULTS) assertHandover(await cutOffOnce(cluster, link));
});

Deno.test("T4, T5, T25: a frozen leader does nothing of its reign once it thaws", async () => {
  await using cluster = await startCluster();
  assertHandover(await freezeOnce(cluster));
  assertSound(await freezeWithGuardsOnce(cluster));
});

apacheTest(
  "T1: a leader on a follower that is cut off has stopped before another leads",
  async () => {
    await using cluster = await startCluster({ servers: 3, hasQuorumLinks: true });
    for (const mode of ["drop", "hold-requests", "hold-replies"] as const) {
      assertHandover(await cutOffFollowerOnce(cluster, mode));
    }
  },
);

apacheTest("a rolling restart of three servers and a short cut move nothing", async () => {
  await using cluster = await startCluster({ servers: 3, sessionTimeoutMs: 10_000 });
  const [darkness] = LINK_FAULTS;
  const outcomes = [await rollOnce(cluster), await blinkOnce(cluster, darkness!)];
  outcomes.forEach(assertSound);
});

Deno.test("masterd switchover hands over to another, and never are there two", async () => {
  await using cluster = await startCluster({ masters: 3 });
  for (let round = 0; round < 3; round++) assertHandover(await switchOnce(cluster, round));
});

apacheTest(
  "two random interleavings of faults end with one leader, and never have two",
  async () => {
    await using cluster = await startCluster({ servers: 3, masters: 3, hasQuorumLinks: true });
    const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
    for (let index = 0; index < 2; index++) {
      assertSound(
        await interleaveOnce(cluster, seed + index),
      );
    }
  },
);

Deno.test("T31: what writers were told is kept is there after each failover, and no late put is applied", async () => {
  await using cluster = await startCluster();
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  const stateRuns = new StateRuns();
  for (const kind of STATE_FAILOVERS) {
    const failover = FAILOVERS[kind];
    console.log(`SEED=${seed}: ${failover.title}`);
    assertSound(await stateRuns.run(cluster, failover, seed));
  }
  console.log(String(stateRuns.tally));
});
