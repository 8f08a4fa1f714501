import type { ClockFacts, ClusterFacts, ServerFacts } from "./facts.ts";
import { claimants, seen } from "./readings.ts";
import { counted, duration, listed, some, verdict, type VerdictEntry } from "./verdict_entry.ts";

/** Less is the answer of a busy host, or a second that has just begun. */
const STEP_MS = 2000;
const APART_MS = 5000;

const WITHOUT_ZOOKEEPER = [
  ...["zookeeper-unreachable", "masters-disconnected", "masters-busy", "servers-missing"],
  ...["no-leader", "remarks"],
];

/** What is said of the ZooKeeper servers, of what they allow, and of clocks. */
export const ZOOKEEPER_VERDICTS: readonly VerdictEntry[] = [
  verdict({
    name: "servers-alone",
    severity: "critical",
    when: ({ servers = [] }) => {
      const alone = servers.filter((server) => modeOf(server) === "standalone");
      return servers.length > 1 ? some(alone) : undefined;
    },
    sentence: (alone) =>
      `${serversNamed(alone)} ${verb(alone, "serves", "serve")} alone: what ` +
      "is called a quorum here are several ZooKeepers, each with its own data",
    advice: () =>
      "Write all servers into each conf/zoo.cfg (server.N=…) and start them again; stop the " +
      "masters first, since each ZooKeeper may give leadership to another",
  }),
  verdict({
    name: "no-quorum",
    severity: "critical",
    when: withoutQuorum,
    sentence: ({ running, silent, all }) =>
      all === silent.length
        ? `ZooKeeper has no quorum: ${
          all === 1 ? "its server does not answer" : "no server answers"
        }` +
          `, at ${listed(silent)}`
        : `ZooKeeper has no quorum: of ${counted(all, "server")} ` +
          `${listed(running)} ${verb(running, "runs", "run")} without a majority` +
          (silent.length === 0
            ? ""
            : `, ${listed(silent)} ${verb(silent, "does", "do")} not answer`),
    advice: ({ silent }, facts) =>
      `Start ${silent.length === 0 ? "more servers" : "them"} ` +
      "(bin/start-zookeeper-quorum.sh, bin/zookeeper.sh on their hosts): " +
      (claimants(facts).length > 0
        ? "who leads holds until its lease ends, and then nobody can be elected"
        : "nobody can be elected before a majority serves"),
    explains: WITHOUT_ZOOKEEPER,
  }),
  verdict({
    name: "zookeeper-refuses",
    severity: "critical",
    when: ({ election }) =>
      election.kind === "unreachable" && election.isRefused ? election.cause : undefined,
    sentence: (cause) => `ZooKeeper refuses the credentials of this configuration: ${cause}`,
    advice: () => "Correct the credentials of high-availability.zookeeper.client.authorization",
    explains: WITHOUT_ZOOKEEPER,
  }),
  verdict({
    name: "zookeeper-unreachable",
    severity: "critical",
    when: ({ election }) => election.kind === "unreachable" ? election.cause : undefined,
    sentence: (cause, { servers = [] }) => {
      const serving = servers.filter((server) => modeOf(server) !== undefined);
      const but = serving.length === 0 ? "" : `, although ${serversNamed(serving)} ` +
        `${verb(serving, "says that it serves", "say that they serve")}`;
      return `ZooKeeper cannot be used from here: ${cause}${but}`;
    },
    advice: () => "Look at the network between here and the servers, and at their logs",
    explains: ["masters-disconnected", "masters-busy", "servers-missing", "no-leader", "remarks"],
  }),
  verdict({
    name: "wrong-acl",
    severity: "critical",
    when: (facts) => some(seen(facts)?.refusals ?? []),
    sentence: (refusals) =>
      "ZooKeeper does not let this configuration's user " +
      listed(refusals.map(({ act, path }) => `${act} ${path}`)),
    advice: () =>
      "The nodes were made under another user, or with other rights: compare " +
      "high-availability.zookeeper.client.acl and .authorization on all hosts, or correct the " +
      "rights (zkCli.sh setAcl -R) with the user that made the nodes",
  }),
  verdict({
    name: "servers-missing",
    severity: "warning",
    when: ({ servers = [], election }) =>
      election.kind === "unreachable" ? undefined : some(
        servers.filter(({ state }) => state.kind !== "serving" && state.kind !== "not-asked"),
      ),
    sentence: (missing, { servers = [] }) =>
      `${missing.length} of ` +
      `${counted(servers.length, "ZooKeeper server")} ${verb(missing, "does", "do")} not serve: ` +
      listed(missing.map((server) => `${server.name} (${whyNot(server)})`)),
    advice: () =>
      "Start what is missing: `masterd quorum-status` on a host with conf/zoo.cfg tells more",
  }),
  verdict({
    name: "clock-jump",
    severity: "warning",
    when: ({ clocks = [] }) => some(clocks.filter(({ stepMs = 0 }) => Math.abs(stepMs) >= STEP_MS)),
    sentence: (jumped) => `Clocks jumped: ${listed(jumped.map(jumpOf))}`,
    advice: () =>
      "Leases do not depend on it, but times in logs and answers do: look at the time " +
      "service of that host (chronyc tracking, timedatectl)",
  }),
  verdict({
    name: "clocks-apart",
    severity: "warning",
    when: ({ clocks = [] }) => some(clocks.filter(isApart)),
    sentence: (apart) => `Clocks differ: ${listed(apart.map(differenceOf))}`,
    advice: () =>
      "Leases do not depend on it, but whoever compares logs does: look at the time " +
      "services of both hosts (chronyc tracking, timedatectl)",
  }),
];

function withoutQuorum({ election, servers = [] }: ClusterFacts) {
  if (election.kind === "seen" || servers.length === 0) return undefined;
  const running = servers.filter(({ state }) => state.kind === "not-serving");
  const silent = servers.filter(({ state }) => state.kind === "unreachable");
  if (running.length + silent.length < servers.length) return undefined;
  const names = (some: readonly ServerFacts[]) => some.map(({ name }) => name);
  return { running: names(running), silent: names(silent), all: servers.length };
}

function modeOf({ state }: ServerFacts): string | undefined {
  return state.kind === "serving" ? state.mode : undefined;
}

function whyNot({ state }: ServerFacts): string {
  if (state.kind === "not-serving") return "it runs, and belongs to no majority";
  return "reason" in state ? state.reason : state.kind;
}

function jumpOf({ of, stepMs = 0 }: ClockFacts): string {
  const direction = stepMs < 0 ? "back" : "forward";
  return `that of ${of} ${direction} by ${duration(stepMs)}`;
}

function differenceOf({ of, offset }: ClockFacts): string {
  const { ms = 0 } = offset ?? {};
  return `that of ${of} is ${duration(ms)} ${ms < 0 ? "behind" : "ahead of"} this host's`;
}

function isApart({ offset }: ClockFacts): boolean {
  return offset !== undefined && Math.abs(offset.ms) - offset.uncertaintyMs >= APART_MS;
}

function serversNamed(servers: readonly ServerFacts[]): string {
  return `server${servers.length === 1 ? "" : "s"} ${listed(servers.map(({ name }) => name))}`;
}

function verb(of: readonly unknown[], one: string, many: string): string {
  return of.length === 1 ? one : many;
}
