import type { CommandStatus, StateStatus } from "../../http/status.ts";
import type {
  ClusterFacts,
  ContenderFacts,
  ElectionFacts,
  LeaderFacts,
  MasterAnswerFacts,
} from "../doctor/facts.ts";
import { commandFacts, stateProblem } from "../doctor/status_facts.ts";
import { formatHostPort } from "../../config/host_port.ts";
import { formatSessionId } from "../session_record.ts";
import { type ClusterKnowledge, knownLeader, reportOf } from "./knowledge.ts";
import { type KnownMaster, knownMasters } from "./known_masters.ts";

/** What a master knows of its cluster, for a verdict on it. */
export function clusterFacts(knowledge: ClusterKnowledge): ClusterFacts {
  return {
    clusterId: knowledge.own.clusterId,
    election: electionFacts(knowledge),
    masters: knownMasters(knowledge).map((master) => ({
      name: master.name,
      isListed: master.isListed,
      isRegistered: master.isRegistered,
      answer: answerFacts(master, knowledge),
    })),
  };
}

function electionFacts(knowledge: ClusterKnowledge): ElectionFacts {
  const { own: { connection }, pause } = knowledge;
  if (connection.kind === "none") return { kind: "none" };
  if (connection.kind !== "connected") {
    return { kind: "unreachable", cause: String(connection.lastError ?? connection.kind) };
  }
  const leader = leaderFacts(knowledge);
  const queue = queueFacts(knowledge);
  return {
    kind: "seen",
    ...(leader === undefined ? {} : { leader }),
    ...(queue === undefined ? {} : { queue }),
    ...(pause === undefined ? {} : { pause }),
  };
}

function leaderFacts(knowledge: ClusterKnowledge): LeaderFacts | undefined {
  const leader = knownLeader(knowledge);
  if (leader === undefined) return undefined;
  const { place, address, epoch } = leader;
  const name = place === undefined ? address : formatHostPort(place);
  return { name, isMasterd: place !== undefined, ...(epoch === null ? {} : { epoch }) };
}

function queueFacts(knowledge: ClusterKnowledge): ContenderFacts[] | undefined {
  const { election } = knowledge;
  const leader = knownLeader(knowledge);
  const sessions = new Set(election?.masters.map(({ session }) => session));
  return election?.queue.map(({ participant, path, session, epoch }, place) => ({
    participant,
    path,
    ...(session === 0n ? {} : { session: formatSessionId(session) }),
    isMaster: sessions.has(session),
    isPublished: leader !== undefined &&
      (leader.epoch === null ? place === 0 : leader.epoch === String(epoch)),
  }));
}

function answerFacts(master: KnownMaster, knowledge: ClusterKnowledge): MasterAnswerFacts {
  const { own, answer, election } = knowledge;
  const { role, version, connection, session } = master;
  const known = { role: role === "unknown" ? undefined : role, version: version ?? "unknown" };
  if (master.isSelf) {
    return says({ ...known, connection: own.connection.kind, session }, own);
  }
  if (role === "leader" && answer.kind === "silent") {
    return { kind: "silent", cause: answer.cause };
  }
  const report = role === "leader" ? reportOf(knowledge) : undefined;
  if (report !== undefined) {
    const told = report.sessionId ?? session;
    return says({ ...known, connection: connection ?? "unknown", session: told }, report);
  }
  const isMissing = election !== undefined && role === "unknown";
  return isMissing ? { kind: "silent", cause: "it is not registered" } : { kind: "unasked" };
}

function says(
  master: Omit<MasterAnswerFacts & { kind: "master" }, "kind">,
  { command, state }: { command: CommandStatus | null; state: StateStatus | null },
): MasterAnswerFacts {
  const facts = commandFacts(command);
  const problem = stateProblem(state);
  return {
    kind: "master",
    ...master,
    ...(facts === undefined ? {} : { command: facts }),
    ...(problem === undefined ? {} : { stateProblem: problem }),
  };
}
