import { describeError } from "../../src/log/logger.ts";
import { Cluster, type ClusterOptions } from "./cluster.ts";
import type { Outcome } from "./outcome.ts";

/** One run of a fault in a cluster that is settled; the fault is over when it returns. */
export type Run = (cluster: Cluster, index: number) => Promise<Outcome>;

/**
 * Does a run again and again in one cluster. A run that fails leaves its cluster's records and logs
 * behind, and one that throws is followed by a new cluster, for the old one may be in any state.
 */
export async function runSeries(
  title: string,
  options: { cluster: ClusterOptions; runs: number; run: Run },
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  while (outcomes.length < options.runs) {
    await using cluster = await Cluster.start(options.cluster);
    while (outcomes.length < options.runs) {
      const index = outcomes.length;
      const { outcome, isBroken } = await attempt(cluster, index, options.run);
      outcomes.push(outcome);
      if (outcome.failures.length > 0) tell(title, index, cluster, outcome);
      if (isBroken) break;
    }
  }
  return outcomes;
}

async function attempt(
  cluster: Cluster,
  index: number,
  run: Run,
): Promise<{ outcome: Outcome; isBroken: boolean }> {
  try {
    return { outcome: await run(cluster, index), isBroken: false };
  } catch (error) {
    const failures = [describeError(error)];
    return { outcome: { changes: 0, stops: 0, failures }, isBroken: true };
  }
}

function tell(title: string, index: number, cluster: Cluster, { failures }: Outcome): void {
  cluster.keepFiles();
  const { sessionTimeoutMs, servers } = cluster.options;
  console.log(
    `FAILED: ${title}, T ${sessionTimeoutMs} ms, ${servers} servers, run ${index + 1}; ` +
      `records and logs stay in ${cluster.folder}`,
  );
  for (const failure of failures) console.log(`  ${failure}`);
}
