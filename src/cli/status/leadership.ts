import type { ClusterPicture } from "./cluster_look.ts";
import type { LeaderAddress } from "../../election/leadership.ts";
import { answering, type AnsweringMaster, type MasterView } from "./master_views.ts";

type Seen = Pick<ClusterPicture, "coordination" | "masters">;

/** Those that say that they lead. */
export function claimants({ masters }: Pick<Seen, "masters">): AnsweringMaster[] {
  return answering(masters).filter(({ status }) => status.role === "leader");
}

/**
 * The master that leads: the one whose leadership is published, and that says so itself. Where
 * nothing is published, or nobody can tell, the only one that says so.
 */
export function actingLeader(seen: Seen): AnsweringMaster | undefined {
  const leading = claimants(seen);
  const { coordination } = seen;
  const published = coordination.kind === "seen" ? coordination.leader : undefined;
  if (published === undefined) return leading.length === 1 ? leading[0] : undefined;
  const { leaderSessionId, details } = published;
  const named = leading.filter(({ status }) => status.leader?.leaderSessionId === leaderSessionId);
  return named.find((master) => details !== undefined && isAt(master, details)) ?? named[0];
}

/** Whether a master is where a leader is published. */
export function isAt(
  { host, port }: Pick<MasterView, "host" | "port">,
  published: Pick<LeaderAddress, "host" | "webuiPort">,
): boolean {
  return host.toLowerCase() === published.host.toLowerCase() && port === published.webuiPort;
}
