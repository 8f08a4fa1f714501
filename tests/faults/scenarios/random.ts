import { delay } from "../../../src/async/delay.ts";
import type { ZooKeeperServer } from "../../support/zookeeper_server.ts";
import { randomSource } from "../../unit/election/random_source.ts";
import type { Cluster } from "../cluster.ts";
import {
  crash,
  crashServer,
  crashWithGuards,
  darkLink,
  darkQuorumLink,
  during,
  type Fault,
  freeze,
  freezeServer,
  halfOpen,
  refused,
  reset,
  terminate,
} from "../faults.ts";
import { describe, drawInterleaving, type Step } from "../interleaving.ts";
import type { Master } from "../master.ts";
import { judge, type Outcome } from "../outcome.ts";
import { runSeries } from "../series.ts";
import { clusterOptions, type Scenario } from "./scenario.ts";

const MASTERS = 3;
/** For each setting; four settings make two hundred. */
const RUNS = 50;
/** As many runs share a cluster, so that several clusters can work at a time. */
const SHARE = 10;

const { signal } = new AbortController();

/** Whatever happens at once, there are never two leaders, and soon after the last fault there is one. */
export const randomScenario: Scenario = (campaign, setting) => {
  const { runs = RUNS, report, seed } = campaign;
  const shares = Array.from({ length: Math.ceil(runs / SHARE) }, (_, share) => share * SHARE);
  return shares.map((first) => ({
    title: "random interleavings",
    isTimed: false,
    run: async () => {
      const title = `random, seeds from ${seed + first}`;
      const outcomes = await runSeries(title, {
        cluster: clusterOptions(campaign, setting, { masters: MASTERS, hasQuorumLinks: true }),
        runs: Math.min(SHARE, runs - first),
        run: (cluster, index) => interleaveOnce(cluster, seed + first + index),
      });
      report.add(title, setting, outcomes);
    },
  }));
};

/** All faults of one interleaving, each at its time; then one must lead within the limit. */
export async function interleaveOnce(cluster: Cluster, seed: number): Promise<Outcome> {
  const { sessionTimeoutMs, servers, masters } = cluster.options;
  const { below } = randomSource(seed);
  const steps = drawInterleaving({ below, masters, servers, sessionTimeoutMs });
  const story = `SEED=${seed}: ${describe(steps)}`;
  console.log(`T ${sessionTimeoutMs} ms, ${servers} servers, ${story}`);
  const { leader } = await cluster.startAnew();
  const parts = {
    masters: foremost(cluster.masters, leader),
    servers: foremost(cluster.quorum.servers, await cluster.quorum.leader()),
  };
  await happenAll(steps, (step) => faultOf(step, parts, cluster));
  await cluster.untilZooKeeperServes();
  const failures: string[] = [];
  const takeoverMs = await cluster.untilReign(cluster.takeoverLimitMs).catch(() => {
    failures.push(`no leader ${cluster.takeoverLimitMs} ms after the last fault`);
    return undefined;
  });
  await cluster.settled();
  const outcome = judge(cluster);
  failures.push(...outcome.failures);
  return { ...outcome, takeoverMs, failures: failures.length > 0 ? [story, ...failures] : [] };
}

function foremost<T>(all: readonly T[], first: T): T[] {
  return [first, ...all.filter((one) => one !== first)];
}

/** Each part has one fault at a time: what it takes to end one may last beyond the next one's start. */
async function happenAll(steps: readonly Step[], toFault: (step: Step) => Fault): Promise<void> {
  const startMs = performance.now();
  const over = new Map<string, Promise<void>>();
  for (const step of steps) {
    const key = `${step.part} ${step.index}`;
    const before = over.get(key) ?? Promise.resolve();
    over.set(key, before.then(() => happen(step, toFault(step), startMs)));
  }
  await Promise.all(over.values());
}

async function happen({ beginMs, endMs }: Step, fault: Fault, startMs: number): Promise<void> {
  const pauseMs = startMs + beginMs - performance.now();
  await delay(Math.max(0, pauseMs), { signal });
  await during(fault, endMs - beginMs);
}

function faultOf(
  step: Step,
  parts: { masters: readonly Master[]; servers: readonly ZooKeeperServer[] },
  cluster: Cluster,
): Fault {
  const master = parts.masters[step.index]!;
  const server = parts.servers[step.index]!;
  switch (step.part) {
    case "daemon":
      return DAEMON_FAULTS[step.fault](master);
    case "links":
      return LINK_FAULTS[step.fault](master);
    case "server":
      return SERVER_FAULTS[step.fault](server);
    case "quorum link":
      return cutFromPeers(parts.servers, step, cluster);
  }
}

const DAEMON_FAULTS = { crash, "crash-with-guards": crashWithGuards, terminate, freeze };
const LINK_FAULTS = {
  "drop": (master: Master) => darkLink(master, "drop"),
  "hold-requests": (master: Master) => darkLink(master, "hold-requests"),
  "hold-replies": (master: Master) => darkLink(master, "hold-replies"),
  "half-open": halfOpen,
  "refuse": refused,
  "reset": reset,
};
const SERVER_FAULTS = { crash: crashServer, freeze: freezeServer };

/** The links over which a server follows any other, and any other follows it. */
function cutFromPeers(
  servers: readonly ZooKeeperServer[],
  step: Extract<Step, { part: "quorum link" }>,
  { quorum }: Cluster,
): Fault {
  const server = servers[step.index]!;
  const others = servers.filter((other) => other !== server);
  const links = others.flatMap((
    other,
  ) => [quorum.link!(server, other), quorum.link!(other, server)]);
  const faults = links.map((link) => darkQuorumLink(link, step.fault));
  return {
    name: `quorum links: ${step.fault}`,
    begin: async () => {
      await Promise.all(faults.map((fault) => fault.begin()));
    },
    end: async () => {
      await Promise.all(faults.map((fault) => fault.end()));
    },
  };
}
