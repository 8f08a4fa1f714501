import type { ClusterFacts, ContenderFacts, MasterFacts } from "./facts.ts";
import { leaderName, seen, type SpeakingMaster, withEpoch } from "./readings.ts";
import { listed, said, type Verdict } from "./verdict_entry.ts";

/** Whether one master leads or could lead: `ok` if so, and else why not. */
export function prospectOf(facts: ClusterFacts, name: string): Verdict {
  const master = facts.masters.find((each) => isSame(each.name, name));
  if (master === undefined) return unknownMaster(facts, name);
  const { answer } = master;
  if (answer.kind === "silent" || answer.kind === "foreign") return absent(facts, master);
  const speaks = answer.kind === "master" ? { ...master, says: answer } : undefined;
  return (speaks && ownObstacle(facts, speaks)) ?? placeInQueue(facts, master);
}

function unknownMaster(facts: ClusterFacts, name: string): Verdict {
  const known = facts.masters.map((master) => master.name);
  return no(
    "unknown-master",
    `${name} cannot lead: it is in no line of conf/masters, and no master is registered by that name`,
    `The masters are ${listed(known)}`,
  );
}

/** Nobody answers there, or somebody else. */
function absent({ host }: ClusterFacts, { name, answer, isLocal }: MasterFacts): Verdict {
  if (answer.kind === "foreign") {
    const sentence = `${name} cannot lead: another has its port (${answer.fact})`;
    return no("port-taken", sentence, "Give it another port, or end that program; then start it");
  }
  const cause = answer.kind === "silent" ? answer.cause : "it was not asked";
  const taken = host?.takenPorts.find(({ master }) => master === name);
  if (taken !== undefined) {
    const sentence = `${name} cannot lead: another program of this host has port ${taken.port}`;
    return no("port-taken", sentence, "`ss -ltnp` names that program");
  }
  const [range] = isLocal ? host?.fullRanges ?? [] : [];
  if (range !== undefined) {
    const sentence = `${name} cannot lead: ${range.key} (${range.range}) has no port left for it`;
    return no("range-full", sentence, "Widen the range, or end the programs that hold its ports");
  }
  const sentence = `${name} cannot lead: it does not answer (${cause})`;
  return no(
    "silent",
    sentence,
    "If it runs, look at its log; if not, start it: bin/jobmanager.sh start",
  );
}

/** What keeps a master that answers from leading, whoever else there is. */
function ownObstacle(facts: ClusterFacts, { name, says }: SpeakingMaster): Verdict | undefined {
  const { role, connection, command } = says;
  const pause = seen(facts)?.pause;
  if (role === "leader" && isSame(leaderName(facts) ?? "", name)) return undefined;
  if (connection !== "connected" && connection !== "none") {
    const sentence = `${name} cannot lead: it has no connection to ZooKeeper (${connection})`;
    return no(
      "disconnected",
      sentence,
      "Look at the network between it and the servers, and at its log",
    );
  }
  if (role === "starting" || role === "stopping") {
    return no("busy", `${name} does not lead: it is ${role}`, "Look again in a moment");
  }
  if (command?.kind === "cooling-down") {
    const sentence = `${name} does not stand for election: it gave leadership back because its ` +
      "command failed, and is cooling down";
    return no(
      "cooling-down",
      sentence,
      "Read the command's log; starting the master again ends that",
    );
  }
  if (pause === undefined) return undefined;
  const sentence =
    `${name} takes over from nobody: failovers are paused since ${pause.since} by ${pause.by}`;
  return no("paused", sentence, "`masterd resume` ends that");
}

/** Where it stands for election, if it does. */
function placeInQueue(facts: ClusterFacts, { name }: MasterFacts): Verdict {
  const leader = seen(facts)?.leader;
  if (isSame(leaderName(facts) ?? "", name)) {
    return yes("leads", `${withEpoch({ ...leader, name })} leads`);
  }
  const queue = seen(facts)?.queue;
  if (queue === undefined) {
    const sentence =
      `Whether ${name} could lead is not known: its place in the queue cannot be read`;
    return no("unknown-place", sentence, "Look at what else is wrong");
  }
  const place = queue.findIndex(({ participant }) => isSame(participant, name));
  if (place < 0) {
    const sentence = `${name} cannot lead: it does not stand in the queue for leadership`;
    return no("not-queued", sentence, "Its log says why: a refused right in ZooKeeper, as a rule");
  }
  return behind(name, queue.slice(0, place));
}

function behind(name: string, before: readonly ContenderFacts[]): Verdict {
  const stuck = before.find(({ session, isMaster, isPublished }) =>
    session === undefined || !isMaster && !isPublished
  );
  const names = listed(before.map(({ participant }) => participant));
  if (stuck !== undefined) {
    const sentence =
      `${name} cannot lead: before it stands ${stuck.participant} (${stuck.path}), ` +
      "which does not lead and does not go";
    return no(
      "stuck",
      sentence,
      `End that program, or delete its node: zkCli.sh delete ${stuck.path}`,
    );
  }
  return before.length === 0
    ? yes("first", `${name} is the first in the queue, and about to lead`)
    : yes("in-turn", `${name} would lead, behind ${names}`);
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function yes(name: string, sentence: string): Verdict {
  return said({ name, severity: "ok", sentence, advice: null });
}

function no(name: string, sentence: string, advice: string): Verdict {
  return said({ name, severity: "warning", sentence, advice });
}
