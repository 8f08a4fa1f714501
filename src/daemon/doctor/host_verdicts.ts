import type { ClusterFacts } from "./facts.ts";
import { leaderName, seen, speaking, withEpoch } from "./readings.ts";
import { listed, some, verdict, type VerdictEntry } from "./verdict_entry.ts";

/** What is said of the storage, and of the host that looks. */
export const HOST_VERDICTS: readonly VerdictEntry[] = [
  verdict({
    name: "web-ui-port-taken",
    severity: "critical",
    when: ({ host, masters }) => {
      const here = host?.takenPorts ?? [];
      const elsewhere = masters.flatMap(({ name, isListed, answer }) =>
        isListed && answer.kind === "foreign" && !here.some(({ master }) => master === name)
          ? [{ master: name, fact: answer.fact }]
          : []
      );
      return some<TakenPort>([...here, ...elsewhere]);
    },
    sentence: (taken) => `Web UI ports are taken: ${listed(taken.map(takenPort))}`,
    advice: () =>
      "End that program (`ss -ltnp` names it), or give the master another port in " +
      "conf/masters; then start the master",
    explains: ["masters-missing"],
  }),
  verdict({
    name: "port-range-full",
    severity: "critical",
    when: ({ host }) => some(host?.fullRanges ?? []),
    sentence: (full) =>
      listed(
        full.map(({ key, range, free, needed }) =>
          `${key} (${range}) has ${
            free === 0 ? "no free port" : `only ${free} free`
          } on this host, and ` +
          `${
            needed === 1 ? "a master that does" : `${needed} masters that do`
          } not run would need one`
        ),
      ),
    advice: () =>
      "Widen the range, or end the programs that hold its ports (`ss -ltnp` names them); " +
      "then start the master",
    explains: ["masters-missing"],
  }),
  verdict({
    name: "storage-unreachable",
    severity: "critical",
    when: ({ storage }) => storage?.problem?.kind === "unreachable" ? storage : undefined,
    sentence: ({ url, problem }) =>
      `The storage ${url} cannot be reached from here: ${problem!.text}`,
    advice: () =>
      "Who leads goes on, but can write no state, and the next leader could not read it: " +
      "bring the storage back, or correct high-availability.storageDir",
    explains: ["state-degraded"],
  }),
  verdict({
    name: "wrong-storage",
    severity: "critical",
    when: ({ storage }) => storage?.problem?.kind === "wrong" ? storage.problem.text : undefined,
    sentence: (text) => text,
    advice: () =>
      "Compare high-availability.storageDir on all hosts, and look whether it is mounted",
  }),
  verdict({
    name: "storage-failing",
    severity: "critical",
    when: ({ storage }) => storage?.problem?.kind === "failing" ? storage : undefined,
    sentence: ({ url, problem }) => `The storage ${url} fails: ${problem!.text}`,
    advice: () =>
      "Make room, or correct the rights; `masterd state fsck` then looks at what is kept",
    explains: ["state-degraded"],
  }),
  verdict({
    name: "state-degraded",
    severity: "warning",
    when: (facts) => some(speaking(facts).filter(({ says }) => says.stateProblem !== undefined)),
    sentence: (masters) =>
      listed(
        masters.map(({ name, says }) => `${name} says of the state it keeps: ${says.stateProblem}`),
      ),
    advice: () => "`masterd state fsck` names what is broken",
  }),
  verdict({
    name: "disk-full",
    severity: "warning",
    when: ({ host }) => some(host?.fullDisks ?? []),
    sentence: (disks) =>
      `Little space is left on this host: ${
        listed(disks.map(({ path, freeMiB }) => `${freeMiB} MiB at ${path}`))
      }`,
    advice: () => "Make room: a master that cannot write its session file does not start",
  }),
  verdict({
    name: "doubtful-configuration",
    severity: "warning",
    when: ({ host }) => some(host?.warnings ?? []),
    sentence: (warnings) => `The configuration of this host is doubtful: ${listed(warnings)}`,
    advice: () => "`masterd check-config` shows what is in effect",
  }),
  verdict({
    name: "remarks",
    severity: "warning",
    when: ({ remarks }) => some(remarks ?? []),
    sentence: (remarks) => remarks.join("; "),
    advice: () => "`masterd status` shows the whole cluster",
  }),
  verdict({
    name: "well",
    severity: "ok",
    when: (facts) => facts,
    sentence: (facts) => {
      const standbys = standbyCount(facts);
      const leader = withEpoch({ name: leaderName(facts) ?? "nobody", ...seen(facts)?.leader });
      if (standbys === 0) return `All is well: ${leader} leads, and there is no standby`;
      const who = standbys === 1 ? "one standby" : `${standbys} standbys`;
      return `All is well: ${leader} leads, and ${who} could take over`;
    },
  }),
];

/** A port that another holds: of this host, or by what answers there. */
interface TakenPort {
  master: string;
  port?: number;
  fact?: string;
}

function takenPort({ master, port, fact }: TakenPort): string {
  return fact === undefined
    ? `that of master ${master} by a program of this host that is no master, or hangs (port ${port})`
    : `that of master ${master} (${fact})`;
}

function standbyCount(facts: ClusterFacts): number {
  const leader = leaderName(facts);
  const queue = seen(facts)?.queue;
  if (queue === undefined) return speaking(facts).filter(({ name }) => name !== leader).length;
  return queue.filter(({ isMaster, participant }) => isMaster && participant !== leader).length;
}
