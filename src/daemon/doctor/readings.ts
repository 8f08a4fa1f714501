import type { ClusterFacts, ElectionFacts, MasterAnswerFacts, MasterFacts } from "./facts.ts";

export type SeenElection = ElectionFacts & { kind: "seen" };

/** A master that answered, with what it said. */
export type SpeakingMaster = Omit<MasterFacts, "answer"> & {
  says: MasterAnswerFacts & { kind: "master" };
};

/** The election, if it could be looked at. */
export function seen({ election }: ClusterFacts): SeenElection | undefined {
  return election.kind === "seen" ? election : undefined;
}

/** The masters that answered. */
export function speaking({ masters }: ClusterFacts): SpeakingMaster[] {
  return masters.flatMap(({ answer, ...master }) =>
    answer.kind === "master" ? [{ ...master, says: answer }] : []
  );
}

/** Those that say that they lead. */
export function claimants(facts: ClusterFacts): SpeakingMaster[] {
  return speaking(facts).filter(({ says }) => says.role === "leader");
}

/** Who leads: who is published; where nothing can be, the only one that says so. */
export function leaderName(facts: ClusterFacts): string | undefined {
  const election = seen(facts);
  if (election !== undefined) return election.leader?.name;
  const leading = claimants(facts);
  return leading.length === 1 ? leading[0]!.name : undefined;
}

/** The master that is published, as far as it is known. */
export function publishedMaster(facts: ClusterFacts): MasterFacts | undefined {
  const name = seen(facts)?.leader?.name.toLowerCase();
  return facts.masters.find((master) => master.name.toLowerCase() === name);
}

/** Whether a master would lead now if those before it were gone. */
export function couldLead({ says: { role, connection, command } }: SpeakingMaster): boolean {
  const isConnected = connection === "connected" || connection === "none";
  return role === "standby" && isConnected && command?.kind !== "cooling-down";
}

/** `a:8081 (epoch 7)`. */
export function withEpoch({ name, epoch }: { name: string; epoch?: string }): string {
  return epoch === undefined ? name : `${name} (epoch ${epoch})`;
}
