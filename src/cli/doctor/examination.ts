import type { ZooKeeper } from "zookeeper";
import { isZkError } from "zookeeper";
import { withLimit } from "../../async/abortable.ts";
import { delay } from "../../async/delay.ts";
import type { Configuration, LoadedConfiguration } from "../../config/configuration.ts";
import { formatHostPort } from "../../config/host_port.ts";
import type { ClusterFacts, ElectionFacts, ServerFacts } from "../../daemon/doctor/facts.ts";
import { findingsOf } from "../../daemon/doctor/verdict.ts";
import { localHostTest } from "../../daemon/local_host.ts";
import { stateOf } from "../../daemon/quorum/quorum_survey.ts";
import { electionLayout } from "../../election/layout.ts";
import type { Folders } from "../configuration_files.ts";
import { ClusterLook, type ClusterPicture } from "../status/cluster_look.ts";
import type { ProblemKind } from "../status/problem.ts";
import { isDark } from "../status/problems.ts";
import type { Findings } from "../status/report.ts";
import { lookOnce } from "../status/waiting.ts";
import { openZooKeeper } from "../zookeeper_session.ts";
import { type ElectionLook, lookAtElection } from "./election_facts.ts";
import { lookAtHost } from "./host_facts.ts";
import { clockFacts, masterFacts } from "./master_facts.ts";
import { problemText } from "./problem_text.ts";
import { lookAtStorage } from "./storage_facts.ts";

/** What an examination found out. */
export interface Examination {
  facts: ClusterFacts;
  /** Whether nobody who was asked said anything. */
  isDark: boolean;
}

interface ExaminationOptions {
  folders: Folders;
  signal: AbortSignal;
}

const SERVER_LIMIT_MS = 3000;
const CONNECT_LIMIT_MS = 5000;
const READ_LIMIT_MS = 5000;
/** Until leadership that was changing has changed. */
const SECOND_LOOK_MS = 1000;

/** Verdicts that a failover gives, too, while it is under way. */
const PASSING: ReadonlySet<string> = new Set([
  ...["no-leader", "zombie-latch", "leader-silent", "rivals", "leader-unreadable"],
]);

/** Problems of `status` that no verdict of the doctor's speaks of. */
const REMARKS: ReadonlySet<ProblemKind> = new Set<ProblemKind>([
  ...["leaders-disagree", "follows-another", "workers-missing"] as const,
]);

/** Looks at everything; once more if what is wrong may be a failover. */
export async function examine(
  loaded: LoadedConfiguration,
  options: ExaminationOptions,
): Promise<Examination> {
  const first = await examineOnce(loaded, options);
  if (!findingsOf(first.facts).some(({ name }) => PASSING.has(name))) return first;
  await delay(SECOND_LOOK_MS, options);
  return await examineOnce(loaded, options);
}

async function examineOnce(
  loaded: LoadedConfiguration,
  { folders, signal }: ExaminationOptions,
): Promise<Examination> {
  const { configuration } = loaded;
  const [findings, inside, servers] = await Promise.all([
    lookFromOutside(configuration, signal),
    lookInside(configuration, signal),
    askServers(configuration, signal),
  ]);
  const { picture } = findings;
  const isLocal = localHostTest();
  const masters = picture.masters.map((view) => masterFacts(view, isLocal));
  const clocks = [inside.clock, ...picture.masters.map(clockFacts)];
  return {
    isDark: inside.election.kind !== "seen" && isDark(picture),
    facts: {
      clusterId: configuration.highAvailability.clusterId,
      election: electionOf(picture, inside.election),
      masters,
      ...(servers === undefined ? {} : { servers }),
      clocks: clocks.filter((clock) => clock !== undefined),
      ...(inside.storage === undefined ? {} : { storage: inside.storage }),
      host: await lookAtHost(loaded, { masters, folders, signal }),
      remarks: remarksOf(findings),
    },
  };
}

async function lookFromOutside(
  configuration: Configuration,
  signal: AbortSignal,
): Promise<Findings> {
  await using cluster = await ClusterLook.open(configuration, { signal });
  return await lookOnce(cluster, { signal });
}

type Inside = Partial<Pick<ElectionLook, "clock">> & {
  election: ElectionFacts;
  storage?: ClusterFacts["storage"];
};

/** What ZooKeeper and the storage tell; the storage also if ZooKeeper tells nothing. */
async function lookInside(configuration: Configuration, signal: AbortSignal): Promise<Inside> {
  const { highAvailability: { mode }, zookeeper } = configuration;
  if (mode.kind !== "zookeeper") return { election: { kind: "none" } };
  try {
    await using zk = await openZooKeeper(zookeeper, { limitMs: CONNECT_LIMIT_MS, signal });
    const [look, storage] = await Promise.all([
      readElection(zk, configuration, signal),
      lookAtStorage(configuration, { zk, signal }),
    ]);
    return { ...look, storage };
  } catch (error) {
    signal.throwIfAborted();
    const storage = await lookAtStorage(configuration, { zk: undefined, signal });
    return { election: unreachable(error), storage };
  }
}

async function readElection(
  zk: ZooKeeper,
  { zookeeper: { namespace, sessionTimeoutMs } }: Configuration,
  signal: AbortSignal,
): Promise<ElectionLook> {
  const layout = electionLayout(namespace);
  return await withLimit(
    (limited) => lookAtElection(zk, { layout, sessionTimeoutMs, signal: limited }),
    { act: "Reading the election", timeoutMs: READ_LIMIT_MS, signal },
  );
}

function unreachable(error: unknown): ElectionFacts {
  const { cause } = error as Error;
  const isRefused = isZkError(error, "AuthFailed") || isZkError(cause, "AuthFailed");
  return { kind: "unreachable", cause: problemText(error), ...(isRefused ? { isRefused } : {}) };
}

/** Where no election can be read, as with a factory module, what `status` sees of it. */
function electionOf({ mode, coordination }: ClusterPicture, inside: ElectionFacts): ElectionFacts {
  if (mode !== "module") return inside;
  if (coordination.kind !== "seen") return coordination;
  const { leader, damage } = coordination;
  if (leader === undefined) return { kind: "seen", ...(damage === undefined ? {} : { damage }) };
  const { address, details } = leader;
  const name = details === undefined
    ? address.replace(/^https?:\/\//, "")
    : formatHostPort({ host: details.host, port: details.webuiPort });
  return { kind: "seen", leader: { name, isMasterd: true } };
}

async function askServers(
  { highAvailability: { mode }, zookeeper: { servers } }: Configuration,
  signal: AbortSignal,
): Promise<ServerFacts[] | undefined> {
  if (mode.kind !== "zookeeper") return undefined;
  return await Promise.all(servers.map(async (server) => {
    const state = await stateOf(server, { limitMs: SERVER_LIMIT_MS, signal });
    return { name: formatHostPort(server), state };
  }));
}

function remarksOf({ problems }: Findings): string[] {
  return problems.filter(({ kind }) => REMARKS.has(kind)).map(({ message }) => message);
}
