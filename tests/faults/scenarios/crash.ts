import type { Cluster } from "../cluster.ts";
import { crash, crashWithGuards, type Fault } from "../faults.ts";
import type { Master } from "../master.ts";
import { judgeHandover, type Outcome } from "../outcome.ts";
import { runSeries } from "../series.ts";
import { clusterOptions, type Scenario } from "./scenario.ts";

const RUNS = 20;
const QUICK = { medianMs: 150, p95Ms: 300 };

interface Death {
  title: string;
  fault: (master: Master) => Fault;
  /** What a supervisor does once the daemon is dead. */
  after?: (master: Master) => Promise<void>;
  recorder?: readonly string[];
}

const DEATHS: readonly Death[] = [
  { title: "kill -9 of the daemon", fault: crash },
  { title: "kill -9 of daemon and guard, release", fault: crashWithGuards, after: release },
  { title: "kill -9 of the daemon, stray child", fault: crash, recorder: ["stray"] },
];

/** A leader that dies is replaced at once, and its command is dead before the next one starts. */
export const crashScenario: Scenario = (campaign, setting) =>
  DEATHS.map((death) => ({
    title: death.title,
    isTimed: true,
    run: async () => {
      const { title, recorder } = death;
      const { report, runs = RUNS } = campaign;
      const outcomes = await runSeries(title, {
        cluster: clusterOptions(campaign, setting, { recorder }),
        runs,
        run: (cluster) => dieOnce(cluster, death),
      });
      report.add(title, setting, outcomes);
      report.expectQuick(title, outcomes, QUICK);
    },
  }));

/** The leader dies, the next one leads, and the dead one comes back. */
export async function dieOnce(
  cluster: Cluster,
  { fault, after }: Pick<Death, "fault" | "after">,
): Promise<Outcome> {
  const { leader, reign: { epoch } } = await cluster.startAnew();
  const { begin, end } = fault(leader);
  const beganMs = cluster.options.clock.now();
  await begin();
  await after?.(leader);
  const next = await cluster.reignAfter(epoch);
  await end();
  await cluster.settled();
  return judgeHandover(cluster, { beganMs, epoch, next });
}

/** What the systemd unit runs after its daemon has ended, for whatever reason. */
export async function release(master: Master): Promise<void> {
  const { code, text } = await master.run("release", "--session-file", master.sessionFile);
  if (code !== 0) throw new Error(`masterd release ended with code ${code}:\n${text}`);
}
