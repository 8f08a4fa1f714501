import { verdictOf } from "../doctor/verdict.ts";
import type {
  ClusterDocument,
  ClusterLeader,
  ClusterMaster,
  LeaseStatus,
  PastLeadership,
} from "../../http/cluster_document.ts";
import type { PastLeadership as RecordedLeadership } from "../../election/history.ts";
import { clusterFacts } from "./cluster_facts.ts";
import { type ClusterKnowledge, knownLeader, reportOf } from "./knowledge.ts";
import { knownMasters } from "./known_masters.ts";
import { shortText } from "./short_text.ts";

/** What a master says of its cluster. */
export function clusterDocument(knowledge: ClusterKnowledge): ClusterDocument {
  const { own, now, election, pause } = knowledge;
  const { severity, sentence, advice } = verdictOf(clusterFacts(knowledge));
  return {
    clusterId: own.clusterId,
    answeredBy: { host: own.node.host, port: own.node.webuiPort },
    now: now.toISOString(),
    leader: leaderOf(knowledge),
    masters: knownMasters(knowledge).map(toDocument),
    lease: leaseOf(knowledge),
    ...leaderKnowledge(knowledge),
    history: (election?.history ?? []).map(pastLeadership),
    paused: pause === undefined ? null : {
      since: shortText(pause.since),
      by: shortText(pause.by),
      reason: pause.reason === null ? null : shortText(pause.reason),
    },
    verdict: { severity, sentence, advice },
    switchover: knowledge.takesSwitchovers,
  };
}

/** For how long leadership is proven, as this master knows; what the leader told has aged since. */
export function leaseOf(knowledge: ClusterKnowledge): LeaseStatus | null {
  const { own, ticks, answer } = knowledge;
  if (own.role === "leader") {
    const { sessionTimeoutMs } = own.connection;
    const leftMs = own.leader?.leaseLeftMs ?? null;
    if (leftMs === null || typeof sessionTimeoutMs !== "number") return null;
    return { leftMs: Math.max(0, leftMs), lengthMs: sessionTimeoutMs };
  }
  const lease = reportOf(knowledge)?.lease ?? null;
  if (lease === null || answer.kind !== "told") return null;
  const leftMs = Math.max(0, Math.floor(lease.leftMs - (ticks - answer.askedAt)));
  return { leftMs, lengthMs: lease.lengthMs };
}

/** A leadership as everybody may see it. */
export function pastLeadership(recorded: RecordedLeadership): PastLeadership {
  const { epoch, host, port, publishedAt, endedAt, gapMs, cause } = recorded;
  return {
    epoch,
    host: shortText(host),
    port,
    publishedAt: shortText(publishedAt),
    endedAt: endedAt === null ? null : shortText(endedAt),
    gapMs,
    cause,
  };
}

function leaderOf(knowledge: ClusterKnowledge): ClusterLeader | null {
  const leader = knownLeader(knowledge);
  if (leader === undefined) return null;
  const { address, leaderSessionId, epoch, place } = leader;
  const past = knowledge.election?.history.find((one) => one.epoch === epoch);
  return {
    address,
    host: place?.host ?? null,
    port: place?.port ?? null,
    epoch,
    leaderSessionId,
    since: past === undefined ? null : shortText(past.publishedAt),
  };
}

type LeaderKnowledge = Pick<
  ClusterDocument,
  "workers" | "workersCount" | "state" | "command" | "hasLeaderAnswered"
>;

/** What only the leader knows. */
function leaderKnowledge(knowledge: ClusterKnowledge): LeaderKnowledge {
  const { own, workersCount } = knowledge;
  if (own.role === "leader") {
    const { workers, state, command } = own;
    return { workers, workersCount, state, command, hasLeaderAnswered: true };
  }
  const report = reportOf(knowledge);
  if (report === undefined) {
    return {
      workers: [],
      workersCount: null,
      state: null,
      command: null,
      hasLeaderAnswered: false,
    };
  }
  const { workers, state, command } = report;
  return {
    workers,
    workersCount: report.workersCount,
    state,
    command,
    hasLeaderAnswered: true,
  };
}

function toDocument(master: ClusterMaster): ClusterMaster {
  const { host, port, role, place, epoch, isSelf, isRegistered } = master;
  const { connection, pid, version, startedAt } = master;
  return {
    host,
    port,
    role,
    place,
    epoch,
    isSelf,
    isRegistered,
    connection,
    pid,
    version: version === null ? null : shortText(version),
    startedAt: startedAt === null ? null : shortText(startedAt),
  };
}

/** What of a document tells a change: not what passes by itself. */
export function changeKey(document: ClusterDocument): string {
  const { now: _now, lease, workers, ...rest } = document;
  const names = workers.map(({ workerId, host, pid }) => [workerId, host, pid]);
  return JSON.stringify([rest, lease?.lengthMs, names]);
}
