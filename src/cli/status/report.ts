import type { LeaderInformation } from "../../election/leadership.ts";
import { type Paint, table } from "../state/table.ts";
import { PLAIN, type Style } from "../style.ts";
import type { ClusterPicture } from "./cluster_look.ts";
import { failoverTable } from "./failovers.ts";
import { actingLeader } from "./leadership.ts";
import { shown } from "./master_status.ts";
import { type MasterView, nameOf } from "./master_views.ts";
import { pauseJson } from "./pause_text.ts";
import type { Problem } from "./problem.ts";
import type { WorkerCount } from "./worker_count.ts";

/** A picture, and what was made of it. */
export interface Findings {
  picture: ClusterPicture;
  problems: readonly Problem[];
  notes: readonly string[];
}

/** The tables and the sentence that people read. */
export function formatTables({ picture }: Findings, style: Style = PLAIN): string {
  const { masters, workers, failovers = [] } = picture;
  return [
    table(MASTER_TITLES, masters.map(masterRow), masterPaint(masters, style)),
    "",
    ...(workers === undefined ? [] : [workerTable(workers, style), ""]),
    ...(failovers.length === 0 ? [] : [failoverTable(failovers, style), ""]),
    sentence(picture),
  ].join("\n");
}

const MASTER_TITLES = [
  "MASTER",
  "ROLE",
  "EPOCH",
  "LEASE",
  "SESSION",
  "COMMAND",
  "PID",
  "VERSION",
  "",
];
const ROLE_COLUMN = MASTER_TITLES.indexOf("ROLE");

function masterPaint(masters: readonly MasterView[], style: Style): Paint {
  return (cell, { column, row }) => {
    if (row < 0) return style.heading(cell);
    if (column !== ROLE_COLUMN) return cell;
    const role = roleOf(masters[row]!.answer);
    if (role === "leader") return style.good(cell);
    if (role === "standby") return cell;
    return role === "unreachable" || role === "foreign" ? style.bad(cell) : style.doubtful(cell);
  };
}

/** A line per master of conf/masters, in their order: host, port of the line, role. */
export function formatRoles({ picture: { masters } }: Findings): string {
  return masters.flatMap(({ expected, answer }) => {
    if (expected === undefined) return [];
    return [[expected.host, expected.linePort, scriptRole(answer)].join("\t")];
  }).join("\n");
}

/** All of it, for programs. */
export function formatJson({ picture, problems, notes }: Findings): string {
  const { expected, mode, coordination, masters, workers, failovers } = picture;
  const { leader: published, pause } = coordination.kind === "seen" ? coordination : {};
  return JSON.stringify({
    isWell: problems.length === 0,
    paused: pause === undefined ? null : pauseJson(pause),
    clusterId: expected.clusterId,
    highAvailability: mode,
    leader: leaderJson(picture, published),
    masters: masters.map(masterJson),
    workers: workers === undefined ? null : {
      registered: workers.registered,
      hosts: workers.hosts,
      others: [...workers.others].map(([host, registered]) => ({ host, registered })),
    },
    failovers: failovers ?? null,
    problems,
    notes,
  });
}

function masterRow(view: MasterView): string[] {
  const { answer } = view;
  if (answer.kind !== "master") {
    return [nameOf(view), roleOf(answer), "-", "-", "-", "-", "-", "-", remark(view)];
  }
  const { leader, pid, version, role, connection, command = "-" } = answer.status;
  const { epoch = "-", leaseLeftMs } = role === "leader" ? leader ?? {} : {};
  const lease = leaseLeftMs === undefined ? "-" : `${(leaseLeftMs / 1000).toFixed(1)} s`;
  const own = [nameOf(view), roleOf(answer), epoch, lease];
  return [...own, connection, command, String(pid), version, remark(view)];
}

function remark({ expected, host, port, answer }: MasterView): string {
  const remarks: string[] = [];
  if (answer.kind === "foreign") remarks.push(answer.fact);
  if (answer.kind === "unreachable") remarks.push(answer.cause);
  if (expected === undefined) remarks.push("not in conf/masters");
  else if (port !== undefined && expected.ports.length > 0 && !expected.ports.includes(port)) {
    remarks.push(`not at the port of conf/masters, ${expected.ports[0]}`);
  }
  if (answer.kind === "master" && answer.status.host.toLowerCase() !== host.toLowerCase()) {
    remarks.push(`calls itself ${answer.status.host}`);
  }
  return remarks.join("; ");
}

/** What stands for the role of who is asked. */
function roleOf(answer: MasterView["answer"]): string {
  return answer.kind === "master" ? answer.status.role ?? "unknown" : answer.kind;
}

function scriptRole(answer: MasterView["answer"]): string {
  const role = roleOf(answer);
  return ["leader", "standby", "unreachable"].includes(role) ? role : "other";
}

function workerTable({ hosts, others }: WorkerCount, style: Style): string {
  const rows = hosts.map(({ host, expected, registered, assumed }) => [
    host,
    String(registered),
    String(expected),
    assumed.length === 0 ? "" : `as ${assumed.join(", ")}`,
  ]);
  const more = [...others].map(([host, registered]) => [
    host,
    String(registered),
    "-",
    "not in conf/workers",
  ]);
  const paint: Paint = (cell, { column, row }) => {
    if (row < 0) return style.heading(cell);
    const { registered, expected } = hosts[row] ?? { registered: 0, expected: 0 };
    return column === 1 && registered < expected ? style.bad(cell) : cell;
  };
  return table(["WORKERS ON", "REGISTERED", "OF", ""], [...rows, ...more], paint);
}

/** Who leads, and how many workers there are. */
export function sentence(picture: ClusterPicture): string {
  const { expected: { clusterId, workerHosts }, workers } = picture;
  const leader = actingLeader(picture);
  const cluster = `cluster ${shown(clusterId)}`;
  if (leader === undefined) return `${cluster}: nobody is seen leading`;
  const epoch = leader.status.leader?.epoch;
  const who = `${nameOf(leader)} leads${epoch === undefined ? "" : ` (epoch ${epoch})`}`;
  const registered = `${workers?.registered ?? 0} registered, ${workerHosts.length} expected`;
  return `${cluster}: ${who}; workers: ${registered}`;
}

function leaderJson(picture: ClusterPicture, published: LeaderInformation | undefined) {
  const acting = actingLeader(picture);
  if (acting === undefined && published === undefined) return null;
  const known = acting?.status.leader;
  const { host, webuiPort, epoch } = published?.details ?? {};
  return {
    host: acting?.host ?? (host === undefined ? null : shown(host)),
    port: acting?.port ?? webuiPort ?? null,
    address: shown(published?.address ?? known?.address ?? ""),
    leaderSessionId: published?.leaderSessionId ?? known?.leaderSessionId ?? null,
    epoch: known?.epoch ?? (epoch === undefined ? null : String(epoch)),
    leaseLeftMs: known?.leaseLeftMs ?? null,
    isAnswering: acting !== undefined,
  };
}

function masterJson(view: MasterView) {
  const { expected, host, port, isRegistered, answer } = view;
  const place = { host, port: port ?? null, role: roleOf(answer) };
  const facts = { isListed: expected !== undefined, isRegistered, remark: remark(view) || null };
  if (answer.kind !== "master") return { ...place, epoch: null, ...facts };
  const { role, leader, pid, version, startedAt, rpcPort, connection, command } = answer.status;
  const isLeader = role === "leader";
  return {
    ...place,
    epoch: isLeader ? leader?.epoch ?? null : null,
    leaseLeftMs: isLeader ? leader?.leaseLeftMs ?? null : null,
    pid,
    version,
    startedAt,
    rpcPort,
    connection,
    command: command ?? null,
    ...facts,
  };
}
