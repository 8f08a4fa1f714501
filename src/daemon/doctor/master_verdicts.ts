import type { ClusterFacts, MasterFacts } from "./facts.ts";
import {
  claimants,
  leaderName,
  publishedMaster,
  speaking,
  type SpeakingMaster,
} from "./readings.ts";
import { counted, listed, some, verdict, type VerdictEntry } from "./verdict_entry.ts";

/** What is said of the masters, and of the command of the leader. */
export const MASTER_VERDICTS: readonly VerdictEntry[] = [
  verdict({
    name: "no-masters",
    severity: "critical",
    when: ({ masters }) =>
      masters.length > 0 && masters.every(({ answer }) => isAway(answer.kind))
        ? masters
        : undefined,
    sentence: (masters) => `No master runs: ${listed(masters.map(absence))}`,
    advice: () =>
      "Start them with bin/start-cluster.sh; if they were started, their logs tell why " +
      "they ended",
    explains: ["masters-missing", "leader-silent", "no-leader"],
  }),
  verdict({
    name: "no-lines",
    severity: "critical",
    when: ({ masters }) => masters.length === 0 ? true : undefined,
    sentence: () => "No master is known: conf/masters is empty, and none is registered",
    advice: () => "Write the masters into conf/masters, a line host:port each",
  }),
  verdict({
    name: "command-failing",
    severity: "critical",
    when: (facts) => some(failing(facts)),
    sentence: (masters) => `The leader's command fails on ${listed(masters.map(failure))}`,
    advice: ([first]) =>
      `Read the end of its log on that host (…-${portOf(first!.name)}-command.log in ` +
      "the log folder), and run masterd.jobmanager.command by hand",
    explains: ["cooling-down", "no-leader", "remarks"],
  }),
  verdict({
    name: "masters-missing",
    severity: "warning",
    when: (facts) => {
      const leader = publishedMaster(facts);
      return some(
        facts.masters.filter((master) =>
          master.isListed && master !== leader && isAway(master.answer.kind)
        ),
      );
    },
    sentence: (missing, facts) =>
      `${missing.length === 1 ? "Master" : "Masters"} ` +
      `${listed(missing.map(absence))}${without(facts)}`,
    advice: ([first]) =>
      `Start what is missing (bin/jobmanager.sh start on that host, or ` +
      `bin/start-cluster.sh); \`masterd doctor ${first!.name}\` on that host looks at its ports`,
  }),
  verdict({
    name: "masters-disconnected",
    severity: "warning",
    when: (facts) =>
      some(
        speaking(facts).filter(({ says }) =>
          says.connection !== "connected" && says.connection !== "none"
        ),
      ),
    sentence: (masters) => listed(masters.map(disconnection)),
    advice: () => "Look at the network between that host and the ZooKeeper servers, and at its log",
    explains: ["remarks"],
  }),
  verdict({
    name: "cooling-down",
    severity: "warning",
    when: (facts) => some(speaking(facts).filter(isCoolingDown)),
    sentence: (masters) =>
      `${listed(masters.map(failure))}: until the end of its cool-down it does ` +
      "not stand for election",
    advice: ([first]) =>
      `Read the end of the command's log on that host ` +
      `(…-${
        portOf(first!.name)
      }-command.log in the log folder); starting that master again ends the cool-down`,
  }),
  verdict({
    name: "masters-busy",
    severity: "warning",
    when: (facts) =>
      some(speaking(facts).filter(({ says: { role } }) => role !== "leader" && role !== "standby")),
    sentence: (masters) =>
      listed(
        masters.map(({ name, says }) =>
          says.role === undefined
            ? `${name} has a role that this version of masterd does not know`
            : `${name} is ${says.role}`
        ),
      ),
    advice: () => "Look again in a moment; if it stays so, look at its log",
  }),
  verdict({
    name: "different-versions",
    severity: "warning",
    when: (facts) => {
      const versions = new Set(speaking(facts).map(({ says }) => says.version));
      return versions.size > 1 ? [...versions].sort() : undefined;
    },
    sentence: (versions, facts) =>
      "Masters of different versions run: " + listed(
        versions.map((version) =>
          `${version} on ${
            listed(
              speaking(facts).filter(({ says }) => says.version === version).map(({ name }) =>
                name
              ),
            )
          }`
        ),
      ),
    advice: () =>
      "During a rolling upgrade that is as it should be; else finish it " +
      "(bin/rolling-restart.sh)",
  }),
];

function isAway(kind: MasterFacts["answer"]["kind"]): boolean {
  return kind === "silent" || kind === "foreign";
}

function absence({ name, answer }: MasterFacts): string {
  switch (answer.kind) {
    case "silent":
      return `${name} does not answer (${answer.cause})`;
    case "foreign":
      return `${name} is not there (${answer.fact})`;
    default:
      return name;
  }
}

function without(facts: ClusterFacts): string {
  const leader = leaderName(facts);
  const others = speaking(facts).filter(({ name }) => name !== leader);
  return leader !== undefined && others.length === 0
    ? `; if ${leader} ends, nobody takes over`
    : "";
}

/** Those whose command ends again and again; also those that gave up, if nobody else leads. */
function failing(facts: ClusterFacts): SpeakingMaster[] {
  const trying = speaking(facts).filter(({ says: { command } }) =>
    command?.kind === "waiting" || command?.kind === "starting" && (command.restarts ?? 0) > 0
  );
  const isLed = leaderName(facts) !== undefined || claimants(facts).length > 0;
  const gaveUp = speaking(facts).filter(isCoolingDown);
  return isLed ? trying : [...trying, ...gaveUp];
}

function isCoolingDown({ says }: SpeakingMaster): boolean {
  return says.command?.kind === "cooling-down";
}

const REASONS: Readonly<Record<string, string>> = {
  "crash-loop": "it ended again and again",
  "cannot-start": "it cannot be started",
  "not-ready": "it was not ready in time",
  "unhealthy": "it is not well",
};

function failure({ name, says: { command } }: SpeakingMaster): string {
  const { kind, restarts = 0, lastEnd, reason } = command ?? { kind: "unknown" };
  const gaveUp = reason === undefined ? "it gave up" : `it gave up: ${REASONS[reason] ?? reason}`;
  const facts = [
    ...(kind === "cooling-down" ? [gaveUp] : [`started again ${counted(restarts, "time")}`]),
    ...(lastEnd === undefined ? [] : [`last end: ${lastEnd}`]),
  ];
  return `${name} (${facts.join("; ")})`;
}

function disconnection({ name, says: { role, connection } }: SpeakingMaster): string {
  const fact = `${name} has no connection to ZooKeeper (${connection})`;
  return role === "leader"
    ? `${fact}, and leads until its lease ends`
    : `${fact}, and could not lead`;
}

function portOf(name: string): string {
  return /:(\d+)$/.exec(name)?.[1] ?? "PORT";
}
