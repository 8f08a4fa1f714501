import type { Configuration } from "../../config/configuration.ts";
import { formatHostPort } from "../../config/host_port.ts";
import { planAndSwitchOver } from "../../daemon/planned_switchover.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { switchoverText } from "../../daemon/switchover_text.ts";
import type { DrilledLeader, RoundEnd } from "./round.ts";

export interface SwitchoverRoundOptions {
  /** The master that is to lead; if it leads already, or none is named, the first standby does. */
  to: string | undefined;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Gives leadership away in order. */
export async function switchoverRound(
  configuration: Configuration,
  leader: DrilledLeader,
  { to, timeoutMs, signal }: SwitchoverRoundOptions,
): Promise<RoundEnd> {
  const result = await planAndSwitchOver(configuration, {
    to: to === leader.name ? undefined : to,
    timeoutMs,
    onPlan: () => {},
    signal,
  });
  if (result.kind !== "switched") {
    return { kind: "bad", reason: switchoverText(result, timeoutMs) };
  }
  const { leader: next, gapMs } = result;
  const epoch = next.details?.epoch;
  return { kind: "done", act: "switchover", from: leader.name, to: placeOf(next), epoch, gapMs };
}

/** `host:port` of a leader's web UI, or its address if it is no masterd. */
export function placeOf({ address, details }: LeaderInformation): string {
  if (details === undefined) return address;
  return formatHostPort({ host: details.host, port: details.webuiPort });
}
