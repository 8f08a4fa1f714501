import { formatHost } from "../../config/host_port.ts";
import type { ZooCfg } from "../../config/zoo_cfg.ts";
import type { SurveyedServer } from "./quorum_survey.ts";
import type { ServerMode } from "./server_answer.ts";

/** What the answers of the servers come to. */
export interface QuorumVerdict {
  /** A majority serves, under one leader. */
  readonly hasQuorum: boolean;
  readonly leader?: SurveyedServer;
  /** Whether asking again may tell more. */
  readonly canChange: boolean;
  /** Servers run that do not belong to the majority yet. */
  readonly isGrowing: boolean;
  /** Which server leads, or what is missing. */
  readonly sentence: string;
  /** What does not fit together. */
  readonly warnings: readonly string[];
}

/** Judges the answers; a leader's word counts as much as the answers of those who make it one. */
export function judgeQuorum(
  zooCfg: Pick<ZooCfg, "file" | "settings">,
  servers: readonly SurveyedServer[],
): QuorumVerdict {
  const voters = servers.filter(({ isObserver }) => !isObserver);
  const canChange = servers.some(({ state }) => state.kind !== "not-asked");
  const isGrowing = servers.some(({ state }) => state.kind === "not-serving");
  const outlook = { canChange, isGrowing };
  const warnings = findWarnings(servers, voters.length, zooCfg.file);
  const leaders = servers.filter((server) => modeOf(server) === "leader");
  if (leaders.length > 1) {
    const sentence = `Servers ${listed(leaders)} say that they lead: no quorum is sure.`;
    return { ...outlook, hasQuorum: false, sentence, warnings };
  }
  const alone = voters.length === 1 && modeOf(voters[0]!) === "standalone" ? voters[0] : undefined;
  if (alone !== undefined) {
    return { ...outlook, hasQuorum: true, sentence: `${named(alone)} serves alone.`, warnings };
  }
  const [leader] = leaders;
  // With groups and weights not the number of servers decides; a leader steps down when it lacks them.
  const isWeighted = [...zooCfg.settings.keys()].some((key) => /^(?:group|weight)/.test(key));
  const hasQuorum = isWeighted ? leader !== undefined : isMajority(voters, leader);
  const sentence = leader === undefined || !hasQuorum
    ? whatIsMissing(voters, leader)
    : whoLeads(servers, leader);
  return { ...outlook, hasQuorum, leader: hasQuorum ? leader : undefined, sentence, warnings };
}

// Those that cannot be asked may be behind a leader; that they are nobody can say.
function isMajority(
  voters: readonly SurveyedServer[],
  leader: SurveyedServer | undefined,
): boolean {
  if (leader === undefined) return false;
  const possible = voters.filter((voter) => serves(voter) || voter.state.kind === "not-asked");
  return possible.length > voters.length / 2;
}

function whoLeads(servers: readonly SurveyedServer[], leader: SurveyedServer): string {
  const voters = servers.filter(({ isObserver }) => !isObserver);
  const followers = voters.filter((server) => modeOf(server) === "follower").length;
  const notAsked = voters.filter(({ state }) => state.kind === "not-asked").length;
  const observers = servers.filter((server) => modeOf(server) === "observer").length;
  const missing = voters.length - 1 - followers - notAsked;
  const rest = [
    counted(followers, "follows", "follow"),
    counted(observers, "observes", "observe"),
    counted(missing, "is missing", "are missing"),
    counted(notAsked, "is not asked", "are not asked"),
  ].filter((part) => part !== undefined);
  const end = rest.length === 0 ? "" : `; ${rest.join(", ")}`;
  return `${named(leader)} leads the quorum of ${voters.length}${end}.`;
}

function whatIsMissing(
  voters: readonly SurveyedServer[],
  leader: SurveyedServer | undefined,
): string {
  const all = `${voters.length} servers`;
  if (voters.every(({ state }) => state.kind === "not-asked")) {
    return "No server can be asked: nothing is known of the quorum.";
  }
  if (voters.length === 1) return `${named(voters[0]!)} does not serve: no quorum.`;
  const serving = voters.filter(serves).length;
  const verb = serving === 1 ? "serves" : "serve";
  if (leader !== undefined) {
    return `${
      named(leader)
    } says that it leads, but ${serving} of ${all} ${verb}: no quorum is sure.`;
  }
  if (serving > 0) {
    return `${serving} of ${all} ${verb}, and no leader answers: no quorum is sure.`;
  }
  const answers =
    voters.filter(({ state }) => state.kind === "serving" || state.kind === "not-serving").length;
  return `${answers} of ${all} ${answers === 1 ? "answers" : "answer"}: no quorum.`;
}

function findWarnings(
  servers: readonly SurveyedServer[],
  voterCount: number,
  file: string,
): string[] {
  const found = servers.flatMap((server): string[] => {
    const mode = modeOf(server);
    const fact = mode && contradiction(mode, server.isObserver, voterCount);
    return fact === undefined
      ? []
      : [`${named(server)} ${fact}: it was started with another ${file}`];
  });
  const leaders = servers.filter((server) => modeOf(server) === "leader");
  if (leaders.length < 2) return found;
  const advice =
    "if that stays so, they are not servers of one quorum, or the old leader is cut off";
  return [...found, `servers ${listed(leaders)} say that they lead; ${advice}`];
}

function contradiction(
  mode: ServerMode,
  isObserver: boolean,
  voterCount: number,
): string | undefined {
  if (mode === "standalone" && voterCount > 1) return "says that it serves alone";
  if (mode === "follower" && voterCount === 1) return "says that it follows another";
  if (mode === "observer" && !isObserver) return "says that it observes, and has a vote";
  const votes = mode === "leader" || mode === "follower";
  return votes && isObserver ? `says that it is a ${mode}, and is an observer` : undefined;
}

function serves(server: SurveyedServer): boolean {
  return modeOf(server) === "leader" || modeOf(server) === "follower";
}

function modeOf({ state }: SurveyedServer): ServerMode | undefined {
  return state.kind === "serving" ? state.mode : undefined;
}

function named({ id, host }: SurveyedServer): string {
  return `Server ${id} (${formatHost(host)})`;
}

function listed(servers: readonly SurveyedServer[]): string {
  const ids = servers.map(({ id }) => id);
  return `${ids.slice(0, -1).join(", ")} and ${ids.at(-1)}`;
}

function counted(count: number, one: string, many: string): string | undefined {
  return count === 0 ? undefined : `${count} ${count === 1 ? one : many}`;
}
