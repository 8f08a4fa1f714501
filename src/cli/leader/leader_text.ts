import type {
  ConnectionState,
  HighAvailabilityServices,
} from "../../daemon/high_availability/services.ts";
import type { LeaderInformation } from "../../election/leadership.ts";

/** One line for programs; all null while nobody leads. */
export function leaderJson(leader: LeaderInformation | undefined): string {
  if (leader === undefined) {
    return JSON.stringify({ address: null, leaderSessionId: null, epoch: null });
  }
  const { address, leaderSessionId, details } = leader;
  return JSON.stringify({
    address,
    leaderSessionId,
    epoch: details ? String(details.epoch) : null,
    host: details?.host,
    webuiPort: details?.webuiPort,
    rpcPort: details?.rpcPort,
    version: details?.version,
  });
}

/** What a command is told of the leader; all there and empty while nobody leads. */
export function leaderEnvironment(leader: LeaderInformation | undefined): Record<string, string> {
  const { host, webuiPort, rpcPort, epoch } = leader?.details ?? {};
  return {
    MASTERD_LEADER_ADDRESS: leader?.address ?? "",
    MASTERD_LEADER_SESSION_ID: leader?.leaderSessionId ?? "",
    MASTERD_LEADER_HOST: host ?? "",
    MASTERD_EPOCH: String(epoch ?? ""),
    MASTERD_WEBUI_PORT: String(webuiPort ?? ""),
    MASTERD_RPC_PORT: String(rpcPort ?? ""),
  };
}

/** Why nobody is known to lead. */
export function noLeaderText({ connection }: HighAvailabilityServices): string {
  const state: ConnectionState = connection.value;
  switch (state.kind) {
    case "none":
    case "connected":
      return "No leader is known";
    default:
      return `No leader is known: ZooKeeper cannot be reached (${state.lastError ?? state.kind})`;
  }
}
