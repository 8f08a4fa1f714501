import { delay } from "../../../src/async/delay.ts";
import type { Cluster } from "../cluster.ts";
import { latchPathOf, writeIsRefused } from "../fence.ts";
import { freeze, freezeWithGuards } from "../faults.ts";
import { judgeHandover, type Outcome } from "../outcome.ts";
import { runSeries } from "../series.ts";
import { clusterOptions, type Scenario } from "./scenario.ts";

const RUNS = 10;
const FROZEN_TIMEOUTS = 3;

const FREEZES = [
  { title: "SIGSTOP of the daemon", run: freezeOnce },
  { title: "SIGSTOP of daemon and guard", run: freezeWithGuardsOnce },
];

/** A daemon that is frozen loses its command in time; where its guard is frozen too, the fence holds. */
export const frozenScenario: Scenario = (campaign, setting) =>
  FREEZES.map(({ title, run }) => ({
    title,
    isTimed: false,
    run: async () => {
      const { report, runs = RUNS } = campaign;
      const cluster = clusterOptions(campaign, setting);
      report.add(title, setting, await runSeries(title, { cluster, runs, run }));
    },
  }));

/** The leader is frozen for three session timeouts, and does nothing of its old reign when it thaws. */
export async function freezeOnce(cluster: Cluster): Promise<Outcome> {
  const { leader, reign: { epoch } } = await cluster.startAnew();
  const { begin, end } = freeze(leader);
  const beganMs = cluster.options.clock.now();
  await begin();
  const next = await cluster.reignAfter(epoch, { limitMs: cluster.takeoverLimitMs })
    .finally(() => untilThaw(cluster, beganMs)).finally(end);
  await cluster.settled();
  return judgeHandover(cluster, { beganMs, epoch, next });
}

/**
 * Daemon and guard are frozen: the command goes on beside that of the next leader, and only the fence
 * stops it from changing anything. Once they thaw it must end, and may not be started again.
 */
export async function freezeWithGuardsOnce(cluster: Cluster): Promise<Outcome> {
  const { leader, reign: { epoch } } = await cluster.startAnew();
  const { address } = cluster;
  const latchPath = await latchPathOf(address, epoch);
  const { begin, end } = freezeWithGuards(leader);
  const beganMs = cluster.options.clock.now();
  await begin();
  const next = await cluster.reignAfter(epoch, { limitMs: cluster.takeoverLimitMs })
    .finally(() => untilThaw(cluster, beganMs)).finally(end);
  const isRefused = await writeIsRefused(address, latchPath);
  await cluster.settled();
  await cluster.untilOver(epoch);
  const outcome = judgeHandover(cluster, { beganMs, epoch, next, mayOverlap: true });
  if (isRefused) return outcome;
  const failure = `a write under epoch ${epoch} was done after epoch ${next.epoch} had begun`;
  return { ...outcome, failures: [...outcome.failures, failure] };
}

function untilThaw(cluster: Cluster, beganMs: number): Promise<void> {
  const { clock, sessionTimeoutMs } = cluster.options;
  const endMs = beganMs + FROZEN_TIMEOUTS * sessionTimeoutMs;
  return delay(Math.max(0, endMs - clock.now()), { signal: new AbortController().signal });
}
