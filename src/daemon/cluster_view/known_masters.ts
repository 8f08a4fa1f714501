import { formatHostPort, type HostPort } from "../../config/host_port.ts";
import type { RegisteredMaster } from "../../election/election_picture.ts";
import type { ClusterMaster, ClusterRole } from "../../http/cluster_document.ts";
import { formatSessionId } from "../session_record.ts";
import { type ClusterKnowledge, knownLeader, placeOf, reportOf } from "./knowledge.ts";

/** A master or another contender, and from where it is known. */
export interface KnownMaster extends ClusterMaster {
  /** `host:port`. */
  name: string;
  /** Whether a line of conf/masters names it; undefined if that cannot be read. */
  isListed: boolean | undefined;
  /** The session that it is registered with, `0x1f`. */
  session: string | undefined;
}

/** Everybody who stands for election, or should: by their places in the queue, then by name. */
export function knownMasters(knowledge: ClusterKnowledge): KnownMaster[] {
  const { own, election, configured } = knowledge;
  const self = { host: own.node.host, port: own.node.webuiPort };
  const registered = newestRegistrations(election?.masters ?? []);
  const contenders = (election?.queue ?? []).map(({ participant }) => participant);
  const leader = knownLeader(knowledge)?.place;
  const names = new Set([
    formatHostPort(self),
    ...registered.keys(),
    ...contenders,
    ...(leader === undefined ? [] : [formatHostPort(leader)]),
    ...(configured ?? []).map(formatHostPort),
  ]);
  return [...names].map((name) => toMaster(name, registered.get(name), knowledge)).sort(byPlace);
}

// A master that was started again is registered twice as long as its former session lives.
function newestRegistrations(masters: readonly RegisteredMaster[]): Map<string, RegisteredMaster> {
  const newest = new Map<string, RegisteredMaster>();
  for (const master of masters) {
    const other = newest.get(master.participant);
    if (other === undefined || other.czxid < master.czxid) newest.set(master.participant, master);
  }
  return newest;
}

function toMaster(
  name: string,
  registered: RegisteredMaster | undefined,
  knowledge: ClusterKnowledge,
): KnownMaster {
  const { own, election, configured } = knowledge;
  const place: HostPort = placeOf(name);
  const isSelf = name === formatHostPort({ host: own.node.host, port: own.node.webuiPort });
  const queue = election?.queue ?? [];
  const at = queue.findIndex(({ participant, session }) =>
    registered === undefined ? participant === name : session === registered.session
  );
  const leader = knownLeader(knowledge);
  const isLeader = leader?.place === undefined
    ? leader !== undefined && at === 0
    : formatHostPort(leader.place) === name;
  const session = registered && formatSessionId(registered.session);
  return {
    ...place,
    name,
    role: isSelf ? own.role : roleOf({ isLeader, isThere: registered !== undefined || at >= 0 }),
    place: at < 0 ? null : at,
    epoch: at < 0 ? null : String(queue[at]!.epoch),
    isSelf,
    isRegistered: registered !== undefined,
    isListed: configured?.some((line) => formatHostPort(line) === name),
    session: isSelf && own.connection.sessionId ? String(own.connection.sessionId) : session,
    ...processOf({ isSelf, isLeader }, registered, knowledge),
  };
}

function roleOf({ isLeader, isThere }: { isLeader: boolean; isThere: boolean }): ClusterRole {
  if (isLeader) return "leader";
  return isThere ? "standby" : "unknown";
}

type ProcessFacts = Pick<ClusterMaster, "connection" | "pid" | "version" | "startedAt">;

function processOf(
  { isSelf, isLeader }: { isSelf: boolean; isLeader: boolean },
  registered: RegisteredMaster | undefined,
  knowledge: ClusterKnowledge,
): ProcessFacts {
  const { own: { node, connection } } = knowledge;
  if (isSelf) {
    const { pid, version, startedAt } = node;
    return { connection: connection.kind, pid, version, startedAt };
  }
  const { pid = null, version = null, startedAt = null } = registered ?? {};
  const report = isLeader ? reportOf(knowledge) : undefined;
  if (report === undefined) return { connection: null, pid, version, startedAt };
  return {
    connection: report.connection,
    pid: report.pid ?? pid,
    version: report.version ?? version,
    startedAt: report.startedAt ?? startedAt,
  };
}

function byPlace(one: KnownMaster, other: KnownMaster): number {
  const [left, right] = [one.place ?? Infinity, other.place ?? Infinity];
  if (left !== right) return left - right;
  if (one.name === other.name) return 0;
  return one.name < other.name ? -1 : 1;
}
