import type { ClusterPicture } from "./cluster_look.ts";
import { leaderProblems } from "./leader_problems.ts";
import { isAt } from "./leadership.ts";
import { isConnected } from "./master_status.ts";
import { type MasterView, nameOf } from "./master_views.ts";
import { describePause } from "./pause_text.ts";
import type { Problem, ProblemKind } from "./problem.ts";
import type { WorkerCount } from "./worker_count.ts";

/** Problems that a look may have seen only because leadership changed while it looked. */
const PASSING: ReadonlySet<ProblemKind> = new Set(["leaders-disagree", "follows-another"]);

/** All that is missing or contradicts itself, a line each. */
export function problemsOf(picture: ClusterPicture): Problem[] {
  const leader = leaderProblems(picture);
  const isLeaderSilent = leader.some(({ kind }) => kind === "leader-silent");
  // What keeps the leader from answering is said already.
  const masters = picture.masters.filter((master) =>
    !(isLeaderSilent && isPublished(master, picture))
  );
  return [
    ...leader,
    ...masters.flatMap((master) => masterProblem(master, picture) ?? []),
    ...workerProblems(picture),
  ];
}

/** Whether a second look may show another picture at once. */
export function mayPass(problems: readonly Problem[]): boolean {
  return problems.some(({ kind }) => PASSING.has(kind));
}

/** Whether nobody who was asked said anything. */
export function isDark({ coordination, masters }: ClusterPicture): boolean {
  return coordination.kind !== "seen" && masters.every(({ answer }) => answer.kind !== "master");
}

function isPublished(master: MasterView, { coordination }: ClusterPicture): boolean {
  const details = coordination.kind === "seen" ? coordination.leader?.details : undefined;
  return details !== undefined && isAt(master, details);
}

function masterProblem(master: MasterView, picture: ClusterPicture): Problem | undefined {
  // Others are shown, but nobody asked for them.
  if (master.expected === undefined) return undefined;
  const name = `master ${nameOf(master)}`;
  switch (master.answer.kind) {
    case "unreachable":
      return { kind: "master-unreachable", message: `${name} ${silence(master, picture)}` };
    case "foreign":
      return { kind: "master-foreign", message: `${name} is not there: ${master.answer.fact}` };
    case "master": {
      const fact = unreadiness(master.answer.status);
      return fact === undefined
        ? undefined
        : { kind: "master-not-ready", message: `${name} ${fact}` };
    }
  }
}

function silence(
  { port, isRegistered, answer }: MasterView,
  { mode, coordination }: ClusterPicture,
): string {
  if (port === undefined) {
    return "is not found: its port is not fixed, and no registration in ZooKeeper tells it";
  }
  const cause = answer.kind === "unreachable" ? `: ${answer.cause}` : "";
  const text = `does not answer${cause}`;
  if (mode !== "zookeeper" || coordination.kind !== "seen") return text;
  return `${text} (${isRegistered ? "it is" : "nor is it"} registered in ZooKeeper)`;
}

function unreadiness(
  { role, connection }: { role: string | undefined; connection: string },
): string | undefined {
  switch (role) {
    case "leader":
      return undefined;
    case "standby":
      return isConnected(connection)
        ? undefined
        : `could not lead: its connection to ZooKeeper is ${connection}`;
    case undefined:
      return "has a role that this version of masterd does not know";
    default:
      return `is ${role}`;
  }
}

function workerProblems({ workers, expected }: ClusterPicture): Problem[] {
  if (workers === undefined) {
    const message = "workers: there is no leader that could tell which are registered";
    return expected.workerHosts.length === 0 ? [] : [{ kind: "workers-unknown", message }];
  }
  return workers.hosts.flatMap(({ host, expected, registered }) => {
    if (registered >= expected) return [];
    const count = expected === 1
      ? "its worker is not registered"
      : `${registered} of its ${expected} workers are registered`;
    const message = `worker host ${host}: ${count}${strangers(workers)}`;
    return [{ kind: "workers-missing", message }];
  });
}

const MAX_NAMED = 3;

function strangers({ others }: WorkerCount): string {
  if (others.size === 0) return "";
  const names = [...others.keys()].slice(0, MAX_NAMED).join(", ");
  const more = others.size > MAX_NAMED ? ", …" : "";
  return ` (not named in conf/workers, but registered: ${names}${more})`;
}

/** What is not certain, but was taken for good; and what somebody wanted so. */
export function notesOf({ workers, coordination }: ClusterPicture): string[] {
  const pause = coordination.kind === "seen" ? coordination.pause : undefined;
  const paused = pause === undefined
    ? []
    : [`failovers are paused ${describePause(pause)}; \`masterd resume\` ends that`];
  return [...paused, ...assumptions(workers)];
}

function assumptions(workers: WorkerCount | undefined): string[] {
  return (workers?.hosts ?? []).filter(({ assumed }) => assumed.length > 0).map(
    ({ host, assumed }) =>
      `worker host ${host}: taken to be the one that registered as ${assumed.join(", ")}, ` +
      "a name that cannot be looked up here",
  );
}
