import type { Cluster } from "../cluster.ts";
import { judgeHandover, type Outcome } from "../outcome.ts";
import { runSeries } from "../series.ts";
import { clusterOptions, type Scenario } from "./scenario.ts";

const ROUNDS = 50;
const GAP_MS = 50;

/** Leadership is handed over on request: nobody leads for a moment only, and two never do. */
export const switchoverScenario: Scenario = (campaign, setting) => [{
  title: "switchover",
  isTimed: true,
  run: async () => {
    const { report, runs = ROUNDS } = campaign;
    const cluster = clusterOptions(campaign, setting, { masters: 3 });
    const outcomes = await runSeries("switchover", { cluster, runs, run: switchOnce });
    report.add("switchover", setting, outcomes);
    for (const idleMs of outcomes.flatMap(({ idleMs }) => idleMs ?? [])) {
      if (idleMs > GAP_MS) report.expect(false, `switchover: gap ${idleMs.toFixed(1)} ms`);
    }
  },
}];

/** Hands leadership to a standby that is named, and, every other time, to any. */
export async function switchOnce(cluster: Cluster, index: number): Promise<Outcome> {
  const { leader, reign: { epoch } } = await cluster.startAnew();
  const standby = cluster.masters.find((master) => master !== leader)!;
  const target = index % 2 === 0 ? ["--to", standby.address] : [];
  const beganMs = cluster.options.clock.now();
  const { code, text } = await standby.run("switchover", ...target);
  const next = await cluster.reignAfter(epoch);
  const settled = await cluster.settled();
  const outcome = judgeHandover(cluster, { beganMs, epoch, next });
  const failures = [...outcome.failures];
  if (code !== 0) failures.push(`masterd switchover ended with code ${code}: ${text}`);
  if (index % 2 === 0 && settled.leader !== standby) {
    failures.push(`${settled.leader.name} leads, not ${standby.name}: ${text}`);
  }
  return { ...outcome, failures };
}
