import type { RecorderClock } from "../clock.ts";
import type { ClusterOptions } from "../cluster.ts";
import type { Report, Setting } from "../report.ts";

/** What all parts of the campaign have in common. */
export interface Campaign {
  /** The words that start masterd. */
  program: readonly string[];
  clock: RecorderClock;
  report: Report;
  /** How often each run is done; each part knows a number of its own. */
  runs: number | undefined;
  /** The seed of the first random interleaving. */
  seed: number;
}

/** One series of runs, which needs clusters of its own and can be done beside others. */
export interface Job {
  title: string;
  /** Times are measured: nothing else may run meanwhile. */
  isTimed: boolean;
  run(): Promise<void>;
}

/** A part of the campaign: the jobs for one setting. */
export type Scenario = (campaign: Campaign, setting: Setting) => Job[];

/** A cluster of this many masters for a setting. */
export function clusterOptions(
  { program, clock }: Campaign,
  setting: Setting,
  further: Partial<ClusterOptions> = {},
): ClusterOptions {
  return { program, clock, ...setting, masters: 2, ...further };
}
