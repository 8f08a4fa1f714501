import type {
  ClusterFacts,
  ContenderFacts,
  ElectionFacts,
  MasterAnswerFacts,
  MasterFacts,
} from "../../../../src/daemon/doctor/facts.ts";

type Says = MasterAnswerFacts & { kind: "master" };

export const LATCH = "/flink/cluster_one/leader/latch";

/** What a master says; a connected standby unless told. */
export function says(more: Partial<Says> = {}): Says {
  return { kind: "master", role: "standby", version: "0.1.0", connection: "connected", ...more };
}

/** A master of conf/masters that is registered. */
export function master(
  name: string,
  answer: MasterAnswerFacts = says(),
  more: Partial<MasterFacts> = {},
): MasterFacts {
  return { name, isListed: true, isRegistered: true, answer, ...more };
}

export function silent(cause = "Connection refused"): MasterAnswerFacts {
  return { kind: "silent", cause };
}

/** A place in the queue; of a master with session 0x1 unless told. */
export function contender(participant: string, more: Partial<ContenderFacts> = {}): ContenderFacts {
  const path = `${LATCH}/${participant}`;
  return { participant, path, session: "0x1", isMaster: true, isPublished: false, ...more };
}

/** What ZooKeeper tells: a:8081 leads, b:8081 stands behind it. */
export function election(more: Partial<ElectionFacts & { kind: "seen" }> = {}): ElectionFacts {
  return {
    kind: "seen",
    leader: { name: "a:8081", isMasterd: true, epoch: "7" },
    queue: [contender("a:8081", { isPublished: true }), contender("b:8081")],
    ...more,
  };
}

export const LEADER = master("a:8081", says({ role: "leader" }));

/** By default a cluster that is well. */
export function cluster(more: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    clusterId: "/cluster_one",
    election: election(),
    masters: [LEADER, master("b:8081")],
    ...more,
  };
}

/** The host that looks; nothing is wrong with it unless told. */
export function host(more: Partial<NonNullable<ClusterFacts["host"]>>) {
  return { name: "here", takenPorts: [], fullRanges: [], fullDisks: [], warnings: [], ...more };
}
