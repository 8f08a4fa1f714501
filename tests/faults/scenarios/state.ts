import { randomSource } from "../../unit/election/random_source.ts";
import type { Cluster } from "../cluster.ts";
import type { Outcome } from "../outcome.ts";
import { runSeries } from "../series.ts";
import { type Failover, FAILOVERS } from "../state/failovers.ts";
import { StateRuns } from "../state/state_runs.ts";
import { Tally } from "../state/tally.ts";
import { clusterOptions, type Scenario } from "./scenario.ts";

const MASTERS = 3;
/** For each setting; four settings make two hundred. */
const RUNS = 50;
/** As many runs share a cluster and its state, so that several clusters can work at a time. */
const SHARE = 10;

/** What was acknowledged is there, whatever happens to leaders; what comes too late does nothing. */
export const stateScenario: Scenario = (campaign, setting) => {
  const { runs = RUNS, report, seed } = campaign;
  const outcomes = new Map<string, Outcome[]>();
  const tally = new Tally();
  const shares = Array.from({ length: Math.ceil(runs / SHARE) }, (_, share) => share * SHARE);
  let left = shares.length;
  const run = async (first: number) => {
    const stateRuns = new StateRuns();
    const results = await runSeries(`state, seeds from ${seed + first}`, {
      cluster: clusterOptions(campaign, setting, { masters: MASTERS }),
      runs: Math.min(SHARE, runs - first),
      run: (cluster, index) => failOverOnce(cluster, stateRuns, seed + first + index),
    });
    for (const [index, outcome] of results.entries()) {
      const { title } = drawFailover(seed + first + index);
      outcomes.set(title, [...outcomes.get(title) ?? [], outcome]);
    }
    tally.add(stateRuns.tally);
  };
  const tell = () => {
    for (const [title, list] of outcomes) report.add(`state: ${title}`, setting, list);
    const { sessionTimeoutMs, servers } = setting;
    report.note(`state, T ${sessionTimeoutMs / 1000} s, ${servers} servers: ${tally}`);
  };
  return shares.map((first) => ({
    title: "state",
    isTimed: false,
    run: async () => {
      await run(first).finally(() => {
        if (--left === 0) tell();
      });
    },
  }));
};

function drawFailover(seed: number): Failover {
  const failovers = Object.values<Failover>(FAILOVERS);
  return failovers[randomSource(seed).below(failovers.length)]!;
}

async function failOverOnce(
  cluster: Cluster,
  stateRuns: StateRuns,
  seed: number,
): Promise<Outcome> {
  const failover = drawFailover(seed);
  const { sessionTimeoutMs, servers } = cluster.options;
  const story = `SEED=${seed}: ${failover.title}`;
  console.log(`T ${sessionTimeoutMs} ms, ${servers} servers, state, ${story}`);
  const outcome = await stateRuns.run(cluster, failover, seed);
  const { failures } = outcome;
  return { ...outcome, failures: failures.length > 0 ? [story, ...failures] : [] };
}
