import { localHostTest } from "../../daemon/local_host.ts";
import type { ClusterLook } from "../status/cluster_look.ts";
import { actingLeader } from "../status/leadership.ts";
import { answering, nameOf } from "../status/master_views.ts";
import type { Findings } from "../status/report.ts";
import { lookOnce, lookUntilWell } from "../status/waiting.ts";
import type { DrilledLeader, RoundEnd } from "./round.ts";

export interface DrillOptions {
  cluster: Pick<ClusterLook, "look">;
  rounds: number;
  /** Undefined: leaders are not killed. */
  kill: ((leader: DrilledLeader) => Promise<RoundEnd>) | undefined;
  switchOver: (leader: DrilledLeader) => Promise<RoundEnd>;
  /** How long after a round all may take to be well. */
  recoveryMs: number;
  onRound: (round: number, end: RoundEnd & { kind: "done" }) => void;
  isLocal?: (host: string) => boolean;
  signal: AbortSignal;
}

export type DrillEnd =
  | { kind: "done" }
  /** Nothing was changed. */
  | { kind: "refused"; reason: string }
  /** The round that was not as it should be, the first of which ends the drill. */
  | { kind: "bad"; round: number; reason: string };

/** Causes failovers, one after the other, each in a cluster in which all is well. */
export async function runDrill(options: DrillOptions): Promise<DrillEnd> {
  const { cluster, rounds, recoveryMs, onRound, signal } = options;
  let findings = await lookOnce(cluster, { signal });
  const obstacle = obstacleOf(findings);
  if (obstacle !== undefined) return { kind: "refused", reason: obstacle };
  for (let round = 1; round <= rounds; round++) {
    const end = await runRound(findings, options);
    if (end.kind === "bad") return { ...end, round };
    onRound(round, end);
    const waiting = { waitMs: recoveryMs, onFindings: () => {}, signal };
    findings = await lookUntilWell(cluster, waiting);
    const left = obstacleOf(findings);
    if (left === undefined) continue;
    return { kind: "bad", round, reason: `${left}, ${recoveryMs / 1000} s after the failover` };
  }
  return { kind: "done" };
}

async function runRound(
  { picture }: Findings,
  { kill, switchOver, isLocal = localHostTest() }: DrillOptions,
): Promise<RoundEnd> {
  const acting = actingLeader(picture)!;
  const { host, port, status: { pid, leader } } = acting;
  const leaderSessionId = leader?.leaderSessionId ?? "";
  const drilled = { name: nameOf(acting), host, port, pid, leaderSessionId };
  return await (kill !== undefined && isLocal(host) ? kill(drilled) : switchOver(drilled));
}

/** Why no failover may be caused now. */
function obstacleOf({ picture, problems: [first, ...more] }: Findings): string | undefined {
  if (first !== undefined) {
    return `not all is well: ${first.message}${
      more.length === 0 ? "" : `, and ${more.length} more`
    }`;
  }
  if (actingLeader(picture) === undefined) return "nobody is seen leading";
  const standbys = answering(picture.masters).filter(({ status }) => status.role === "standby");
  return standbys.length > 0 ? undefined : "there is no standby that could take over";
}
