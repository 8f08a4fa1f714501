import type { Cluster } from "../cluster.ts";
import { judgeHold, type Outcome } from "../outcome.ts";
import { runSeries } from "../series.ts";
import { clusterOptions, type Scenario } from "./scenario.ts";

const ROLLS = 5;
/** Below this a session is too short for servers to elect a leader while a lease holds. */
const MIN_TIMEOUT_MS = 10_000;

const OUTAGES = [
  { title: "rolling restart", run: rollOnce, minServers: 3 },
  { title: "kill -9 of the ZooKeeper leader", run: killLeaderOnce, minServers: 3 },
  { title: "restart of the only server", run: rollOnce, minServers: 1 },
];

/** Restarts of ZooKeeper servers that a lease outlives move nothing. */
export const rollingScenario: Scenario = (campaign, setting) => {
  if (setting.sessionTimeoutMs < MIN_TIMEOUT_MS) return [];
  const outages = OUTAGES.filter(({ minServers }) =>
    minServers === 1 ? setting.servers === 1 : setting.servers >= minServers
  );
  return outages.map(({ title, run }) => ({
    title,
    isTimed: false,
    run: async () => {
      const { report, runs = ROLLS } = campaign;
      const cluster = clusterOptions(campaign, setting);
      report.add(title, setting, await runSeries(title, { cluster, runs, run }));
    },
  }));
};

/** Restarts each server in turn, the next one when the last one serves again. */
export async function rollOnce(cluster: Cluster): Promise<Outcome> {
  await cluster.startAnew();
  for (const server of cluster.quorum.servers) {
    await server.restart();
    await cluster.quorum.whole();
    await cluster.settled();
  }
  return judgeHold(cluster);
}

/** Kills the server that leads the others, and brings it back. */
export async function killLeaderOnce(cluster: Cluster): Promise<Outcome> {
  const { quorum } = cluster;
  await cluster.startAnew();
  const server = await quorum.leader();
  await server.kill();
  await cluster.untilZooKeeperServes();
  await server.restart();
  await quorum.whole();
  await cluster.settled();
  return judgeHold(cluster);
}
