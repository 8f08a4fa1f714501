import { delay } from "../../../src/async/delay.ts";
import { leaseBudget } from "../../../src/election/lease.ts";
import { until } from "../../support/until.ts";
import type { Cluster } from "../cluster.ts";
import {
  darkLink,
  darkQuorumLink,
  during,
  type Fault,
  halfOpen,
  refused,
  reset,
} from "../faults.ts";
import type { Master } from "../master.ts";
import { judgeHandover, judgeHold, type Outcome } from "../outcome.ts";
import { runSeries } from "../series.ts";
import { clusterOptions, type Scenario } from "./scenario.ts";

const RUNS = 10;
/** Which part of the time that a lease surely has left a cut lasts that must move nothing. */
const SHORT = 0.7;
/** The command is told to stop so much of the session timeout before the lease ends. */
const STOP_GRACE = 0.25;
const MAX_PHASE_MS = 1000;

/** A way in which a leader's links to ZooKeeper can fail. */
export interface LinkFault {
  title: string;
  fault: (master: Master) => Fault;
  /** What the leader says until its lease ends still reaches the servers, and keeps its session. */
  isHeard?: boolean;
}

export const LINK_FAULTS: readonly LinkFault[] = [
  { title: "dark link", fault: (master) => darkLink(master, "drop") },
  { title: "requests held", fault: (master) => darkLink(master, "hold-requests") },
  { title: "replies held", fault: (master) => darkLink(master, "hold-replies"), isHeard: true },
  { title: "half-open connects", fault: halfOpen },
  { title: "cut and refused", fault: refused },
  { title: "reset", fault: reset },
];

const { signal } = new AbortController();

/** A leader that is cut off stops its command before another leads; a short cut moves nothing. */
export const darkScenario: Scenario = (campaign, setting) => {
  const { report, runs = RUNS } = campaign;
  const job = (
    title: string,
    run: (cluster: Cluster) => Promise<Outcome>,
    hasQuorumLinks = false,
  ) => ({
    title,
    isTimed: false,
    run: async () => {
      const cluster = clusterOptions(campaign, setting, { hasQuorumLinks });
      report.add(title, setting, await runSeries(title, { cluster, runs, run }));
    },
  });
  const links = LINK_FAULTS.flatMap((link) => [
    job(link.title, (cluster) => cutOffOnce(cluster, link)),
    job(`${link.title}, briefly`, (cluster) => blinkOnce(cluster, link)),
  ]);
  if (setting.servers === 1) return links;
  const quorumLinks = (["drop", "hold-requests", "hold-replies"] as const).map((mode) =>
    job(`follower's link: ${mode}`, (cluster) => cutOffFollowerOnce(cluster, mode), true)
  );
  return [...links, ...quorumLinks];
};

/** The leader's links fail until another leads. */
export async function cutOffOnce(
  cluster: Cluster,
  { fault, isHeard = false }: LinkFault,
): Promise<Outcome> {
  const { leader, reign: { epoch } } = await cluster.startAnew();
  return await untilAnotherLeads(cluster, { epoch, fault: fault(leader), isHeard });
}

/** The leader's links fail for less than its lease holds, at some point between two heartbeats. */
export async function blinkOnce(
  cluster: Cluster,
  { fault }: LinkFault,
): Promise<Outcome> {
  const { leader } = await cluster.startAnew();
  const { sessionTimeoutMs } = cluster.options;
  const { heldMs } = leaseBudget({ sessionTimeoutMs, tickTimeMs: cluster.tickTimeMs });
  await delay(Math.random() * MAX_PHASE_MS, { signal });
  await during(fault(leader), (heldMs - sessionTimeoutMs * STOP_GRACE) * SHORT);
  // Long enough for a loss that was under way.
  await delay(sessionTimeoutMs, { signal });
  await cluster.settled();
  return judgeHold(cluster);
}

/** The leader's server loses the server that it follows, and goes on answering pings (trap T1). */
export async function cutOffFollowerOnce(
  cluster: Cluster,
  mode: "drop" | "hold-requests" | "hold-replies",
): Promise<Outcome> {
  const { quorum } = cluster;
  const { leader } = await cluster.settled();
  const zooKeeperLeader = await quorum.leader();
  const follower = quorum.servers.find((server) => server !== zooKeeperLeader)!;
  const ways = await confine(leader, quorum.servers.indexOf(follower));
  const { reign } = await cluster.startAnew();
  const { begin, end, name } = darkQuorumLink(quorum.link!(follower, zooKeeperLeader), mode);
  const endAll = async () => {
    await end();
    await ways.open();
  };
  const fault = { name, begin, end: endAll };
  // The follower hands the leader's reconnects on to its own leader for as long as it does not know.
  const isHeard = mode === "hold-replies";
  return await untilAnotherLeads(cluster, { epoch: reign.epoch, fault, isHeard });
}

async function untilAnotherLeads(
  cluster: Cluster,
  { epoch, fault, isHeard }: { epoch: bigint; fault: Fault; isHeard: boolean },
): Promise<Outcome> {
  const { clock, sessionTimeoutMs } = cluster.options;
  const limitMs = cluster.takeoverLimitMs + (isHeard ? sessionTimeoutMs : 0);
  const beganMs = clock.now();
  await fault.begin();
  const next = await cluster.reignAfter(epoch, { limitMs }).finally(() => fault.end());
  await cluster.settled();
  return judgeHandover(cluster, { beganMs, epoch, next });
}

/** Leaves a master one way to ZooKeeper, until its ways are opened again. */
async function confine(master: Master, index: number): Promise<{ open: () => Promise<void> }> {
  const others = master.links.filter((_, other) => other !== index);
  for (const link of others) {
    await link.setMode("refuse");
    link.cutConnections();
  }
  const way = master.links[index]!.address;
  await until(
    () => master.status(),
    ({ connection: { kind, server } }) => kind === "connected" && server === way,
  );
  return {
    open: async () => {
      for (const link of others) await link.setMode("pass");
    },
  };
}
