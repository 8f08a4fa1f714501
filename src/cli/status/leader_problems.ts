import type { LeaderDetails, LeaderInformation } from "../../election/leadership.ts";
import { formatHostPort } from "../../config/host_port.ts";
import type { ClusterPicture } from "./cluster_look.ts";
import { electionName } from "./election_name.ts";
import { actingLeader, claimants, isAt } from "./leadership.ts";
import { isConnected, shown } from "./master_status.ts";
import { answering, type AnsweringMaster, nameOf } from "./master_views.ts";
import { describePause } from "./pause_text.ts";
import type { Problem } from "./problem.ts";

/** What is wrong with who leads, by what is published and by what the masters say themselves. */
export function leaderProblems(picture: ClusterPicture): Problem[] {
  const { coordination } = picture;
  const source = electionName(picture);
  switch (coordination.kind) {
    case "none":
      return claimedOnly(picture);
    case "unreachable": {
      const message = `${source} does not answer: ${coordination.cause}`;
      return [{ kind: "election-unreachable", message }, ...claimedOnly(picture)];
    }
    case "seen": {
      const { leader, damage, pause } = coordination;
      if (leader !== undefined) return publishedProblems(leader, picture);
      const nobody = claimants(picture).map((master): Problem =>
        disagreement(
          `${nameOf(master)} says that it leads${epochOf(master)}, but ${source} names no leader`,
        )
      );
      if (damage !== undefined) {
        const message = `${source} holds leader information that cannot be read: ${damage}`;
        return [{ kind: "leader-unreadable", message }, ...nobody];
      }
      if (nobody.length > 0) return nobody;
      const why = pause === undefined ? "" : `: failovers are paused ${describePause(pause)}`;
      return [{ kind: "no-leader", message: `no leader is known${why}` }];
    }
  }
}

/** Without an election that can be looked at: what the masters say must not contradict itself. */
function claimedOnly(picture: ClusterPicture): Problem[] {
  const leading = claimants(picture);
  if (leading.length === 0) {
    return [{ kind: "no-leader", message: "no master says that it leads" }];
  }
  if (leading.length === 1) return [];
  const names = leading.map((master) => `${nameOf(master)}${epochOf(master)}`);
  return [disagreement(`each of these says that it leads: ${names.join(", ")}`)];
}

function publishedProblems(leader: LeaderInformation, picture: ClusterPicture): Problem[] {
  const source = electionName(picture);
  const acting = actingLeader(picture);
  const { details } = leader;
  // Where nobody leads as it is published, absence() tells of the one at that place.
  const isTold = (master: AnsweringMaster) =>
    acting === undefined
      ? details !== undefined && isAt(master, details)
      : nameOf(master) === nameOf(acting);
  const rivals = claimants(picture).filter((master) => !isTold(master)).map((master) =>
    disagreement(
      `${nameOf(master)} says that it leads${epochOf(master)}, ` +
        `but ${source} names ${publishedName(leader)}`,
    )
  );
  const missing = acting === undefined ? [absence(leader, picture)] : [];
  return [...missing, ...rivals, ...strays(leader, picture)];
}

/** Why the leader that is published is not seen leading. */
function absence(leader: LeaderInformation, picture: ClusterPicture): Problem {
  const source = electionName(picture);
  const { details } = leader;
  if (details === undefined) {
    const message = `the leader at ${shown(leader.address)} is no masterd: it tells nothing`;
    return { kind: "foreign-leader", message };
  }
  const name = publishedName(leader);
  const master = picture.masters.find((view) => isAt(view, details));
  if (master?.answer.kind === "master") {
    const { role } = master.answer.status;
    const claim = role === "leader"
      ? `says that it leads with another leadership${epochOf(master.answer)}`
      : `says that it is ${role ?? "something else"}`;
    return disagreement(`${source} names ${name} as the leader, which ${claim}`);
  }
  const cause = master?.answer.kind === "foreign" ? master.answer.fact : master?.answer.cause;
  const message = `the leader in ${source}, ${name}, does not answer: ${
    cause ?? "nobody is there"
  }`;
  return { kind: "leader-silent", message };
}

/** Standbys that follow somebody else, or nobody. */
function strays(leader: LeaderInformation, picture: ClusterPicture): Problem[] {
  return answering(picture.masters).flatMap((master): Problem[] => {
    const { role, connection, leader: known } = master.status;
    if (role !== "standby" || !isConnected(connection)) return [];
    if (known?.leaderSessionId === leader.leaderSessionId) return [];
    const fact = known === undefined ? "knows no leader" : `follows the leader at ${known.address}`;
    const message = `${nameOf(master)} ${fact}, but ${electionName(picture)} names ` +
      publishedName(leader);
    return [{ kind: "follows-another", message }];
  });
}

function publishedName({ address, details }: LeaderInformation): string {
  return details === undefined ? shown(address) : detailedName(details);
}

function detailedName({ host, webuiPort: port, epoch }: LeaderDetails): string {
  return `${shown(formatHostPort({ host, port }))} (epoch ${epoch})`;
}

function epochOf({ status }: Pick<AnsweringMaster, "status">): string {
  const epoch = status.leader?.epoch;
  return epoch === undefined ? "" : ` (epoch ${epoch})`;
}

function disagreement(message: string): Problem {
  return { kind: "leaders-disagree", message };
}
