import type { ClusterFacts, ContenderFacts, MasterFacts } from "./facts.ts";
import { claimants, leaderName, publishedMaster, seen, speaking, withEpoch } from "./readings.ts";
import { counted, listed, some, verdict, type VerdictEntry } from "./verdict_entry.ts";

/** What is said of the queue for leadership, and of who is published. */
export const ELECTION_VERDICTS: readonly VerdictEntry[] = [
  verdict({
    name: "rivals",
    severity: "critical",
    when: (facts) => claimants(facts).length > 1 ? claimants(facts) : undefined,
    sentence: (rivals) => `${listed(rivals.map(({ name }) => name))} each say that they lead`,
    advice: () =>
      "Look again; if it stays so, stop the one that ZooKeeper does not name " +
      "(`masterd leader`): its lease has ended, or its conf leads it to another ZooKeeper",
    explains: ["remarks"],
  }),
  verdict({
    name: "merged-clusters",
    severity: "critical",
    when: (facts) => strangers(facts).find(({ name }) => name === leaderName(facts)),
    sentence: ({ name }, { clusterId, masters }) =>
      `${name} leads, and is in no line of ` +
      `conf/masters: two clusters use the id ${clusterId}, or conf/masters is an old one ` +
      `(here: ${listed(namesOf(masters.filter(({ isListed }) => isListed)))})`,
    advice: () =>
      "If they are two clusters, give one of them another high-availability.cluster-id " +
      "or root and start it again; else make conf/masters the same on all hosts",
    explains: ["unlisted-masters"],
  }),
  verdict({
    name: "zombie-latch",
    severity: "critical",
    when: (facts) => zombie(facts),
    sentence: ({ contender: { participant, path, session }, why }) =>
      `Nobody can lead: the first in the queue, ${participant} (${path}), ` +
      (why === "persistent"
        ? "is a node that no session owns, and that will never go"
        : why === "stranger"
        ? `belongs to session ${session}, which is no masterd and does not lead`
        : `belongs to session ${session} of a master that ${why}`),
    advice: ({ contender: { path }, why }) =>
      why === "persistent"
        ? `Delete the node: zkCli.sh delete ${path}`
        : why === "stranger"
        ? `End the program that has joined the election, or delete its node: zkCli.sh delete ${path}`
        : "It goes when that session ends, by itself after the session timeout if its process is " +
          "dead; `masterd release` on that host ends it at once; a frozen process must be killed",
    explains: ["no-leader"],
  }),
  verdict({
    name: "paused-without-leader",
    severity: "critical",
    when: (facts) => seen(facts)?.leader === undefined ? seen(facts)?.pause : undefined,
    sentence: (pause) => `Nobody leads, and nobody will: failovers are paused ${described(pause)}`,
    advice: () => "`masterd resume` lets the standbys take over",
    explains: ["no-leader"],
  }),
  verdict({
    name: "leader-unreadable",
    severity: "critical",
    when: (facts) => seen(facts)?.damage,
    sentence: (damage) => `What is published as the leader cannot be read: ${damage}`,
    advice: () =>
      "Another program writes to the path of this cluster in ZooKeeper: find and end it; " +
      "the leader writes its address again",
    explains: ["no-leader", "remarks"],
  }),
  verdict({
    name: "leader-silent",
    severity: "critical",
    when: silentLeader,
    sentence: ({ name, cause }) =>
      `The leader that ZooKeeper names, ${name}, does not answer: ${cause}`,
    advice: () =>
      "If its process is dead, another leads once its session has ended: after the session " +
      "timeout, or at once by `masterd release` on its host. If it is frozen, kill it; if it runs, " +
      "look at the network and at rest.bind-address",
  }),
  verdict({
    name: "no-leader",
    severity: "critical",
    when: (facts) => {
      const isKnown = facts.election.kind !== "unreachable" && seen(facts)?.damage === undefined;
      const isLed = leaderName(facts) !== undefined || claimants(facts).length > 0;
      return isKnown && !isLed && speaking(facts).length > 0 ? speaking(facts) : undefined;
    },
    sentence: (masters, facts) =>
      `Nobody leads, although ${counted(masters.length, "master")} ` +
      `${masters.length === 1 ? "runs" : "run"}${nextInQueue(facts)}`,
    advice: () =>
      "Look again in a moment; if it stays so, look at the logs of the masters, and ask " +
      "`masterd doctor HOST:PORT` why that one does not lead",
    explains: ["remarks"],
  }),
  verdict({
    name: "foreign-leader",
    severity: "warning",
    when: (facts) => {
      const leader = seen(facts)?.leader;
      return leader === undefined || leader.isMasterd ? undefined : leader;
    },
    sentence: ({ name }) =>
      `A program that is no masterd leads, at ${name}: the masters stand behind ` +
      "it, and their command runs nowhere",
    advice: () =>
      "If it is an old JobManager, or another user of this path, end it; a master then " +
      "leads at once",
    explains: ["remarks"],
  }),
  verdict({
    name: "paused",
    severity: "warning",
    when: (facts) => seen(facts)?.leader === undefined ? undefined : seen(facts)?.pause,
    sentence: (pause, facts) =>
      `Failovers are paused ${described(pause)}: if ` +
      `${leaderName(facts)} ends, nobody takes over`,
    advice: () => "`masterd resume` when the maintenance is over",
  }),
  verdict({
    name: "unlisted-masters",
    severity: "warning",
    when: (facts) => some(strangers(facts)),
    sentence: (found, { clusterId }) =>
      `${listed(namesOf(found))} ` +
      `${found.length === 1 ? "stands" : "stand"} for election, in no line of conf/masters: ` +
      `another cluster uses the id ${clusterId}, or conf/masters is an old one`,
    advice: () =>
      "Give the other cluster another high-availability.cluster-id or root; or make " +
      "conf/masters the same on all hosts",
  }),
  verdict({
    name: "zombie-in-queue",
    severity: "warning",
    when: (facts) => some((seen(facts)?.queue ?? []).slice(1).filter(({ session }) => !session)),
    sentence: (found) =>
      `${listed(found.map(({ path }) => path))} in the queue ` +
      `${
        found.length === 1 ? "is a node" : "are nodes"
      } that no session owns: nobody behind can lead`,
    advice: ([first]) => `Delete it: zkCli.sh delete ${first!.path}`,
  }),
];

/** Registered under this cluster, and in no line of conf/masters. */
function strangers(facts: ClusterFacts): MasterFacts[] {
  const isPublished = (master: MasterFacts) => master === publishedMaster(facts);
  return facts.masters.filter((master) =>
    master.isListed === false && (master.isRegistered || isPublished(master)) &&
    facts.masters.some(({ isListed }) => isListed)
  );
}

/** The first of the queue, if it keeps all others from leading; `why`, or what its master does. */
function zombie(facts: ClusterFacts): { contender: ContenderFacts; why: string } | undefined {
  const contender = seen(facts)?.queue?.[0];
  if (contender === undefined) return undefined;
  const { session, isMaster, isPublished, participant } = contender;
  if (session === undefined) return { contender, why: "persistent" };
  if (isPublished) return undefined;
  const answer = facts.masters.find(({ name }) => name === participant)?.answer;
  const own = answer?.kind === "master" ? answer.session : undefined;
  if (own === session) return undefined;
  if (!isMaster) return { contender, why: "stranger" };
  if (own !== undefined) return { contender, why: "has died, and was started again" };
  if (answer?.kind !== "silent" || speaking(facts).length === 0) return undefined;
  return { contender, why: `does not answer: ${answer.cause}` };
}

function silentLeader(facts: ClusterFacts): { name: string; cause: string } | undefined {
  const leader = seen(facts)?.leader;
  const answer = publishedMaster(facts)?.answer;
  if (leader === undefined || !leader.isMasterd || answer === undefined) return undefined;
  const name = withEpoch(leader);
  if (answer.kind === "silent") return { name, cause: answer.cause };
  return answer.kind === "foreign" ? { name, cause: answer.fact } : undefined;
}

function nextInQueue(facts: ClusterFacts): string {
  const queue = seen(facts)?.queue;
  if (queue === undefined) return "";
  if (queue.length === 0) return ", and none of them stands in the queue";
  const { participant } = queue[0]!;
  const command = speaking(facts).find(({ name }) => name === participant)?.says.command;
  const isStarting = command?.kind === "starting" || command?.kind === "running";
  return isStarting
    ? `: ${participant} was elected, and its command is not ready yet`
    : `: ${participant} is the next to lead`;
}

/** `since 2025-01-02T03:04:05.678Z by root@host: disk replaced`. */
function described({ since, by, reason }: { since: string; by: string; reason: string | null }) {
  return `since ${since} by ${by}${reason === null ? "" : ` (${reason})`}`;
}

function namesOf(masters: readonly MasterFacts[]): string[] {
  return masters.map(({ name }) => name);
}
