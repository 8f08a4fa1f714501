import { LatestValue } from "../../async/latest_value.ts";
import type { Configuration } from "../../config/configuration.ts";
import { formatHostPort } from "../../config/host_port.ts";
import type { LeaderInformation, Leadership } from "../../election/leadership.ts";
import { VERSION } from "../version.ts";
import type { ConnectionState, HighAvailabilityServices } from "./services.ts";

/** The leader session id of a cluster without high availability; Flink's DEFAULT_LEADER_ID. */
export const STANDALONE_LEADER_SESSION_ID = "00000000-0000-0000-0000-000000000000";

/** Without high availability the one master leads at once, and is found where the configuration says. */
export function openStandaloneServices(configuration: Configuration): HighAvailabilityServices {
  const leader = new LatestValue(configuredLeader(configuration));
  return {
    connection: new LatestValue<ConnectionState>({ kind: "none" }),
    campaign({ signal }) {
      signal.throwIfAborted();
      return Promise.resolve(standaloneLeadership(leader));
    },
    followLeader: ({ signal }) => leader.changes({ signal }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function configuredLeader({ jobmanager, rest }: Configuration): LeaderInformation {
  return leaderAt({
    host: rest.address ?? jobmanager.rpcAddress,
    webuiPort: rest.port,
    rpcHost: jobmanager.rpcAddress,
    rpcPort: jobmanager.rpcPort,
  });
}

function leaderAt(
  place: { host: string; webuiPort: number; rpcHost: string; rpcPort: number },
): LeaderInformation {
  const { host, webuiPort, rpcHost, rpcPort } = place;
  return {
    leaderSessionId: STANDALONE_LEADER_SESSION_ID,
    address: `http://${formatHostPort({ host, port: webuiPort })}`,
    details: { host: rpcHost, webuiPort, rpcPort, epoch: 0n, version: VERSION },
  };
}

function standaloneLeadership(leader: LatestValue<LeaderInformation>): Leadership {
  const release = () => Promise.resolve();
  return {
    leaderSessionId: STANDALONE_LEADER_SESSION_ID,
    epoch: 0n,
    lost: new AbortController().signal,
    handover: new AbortController().signal,
    deadline: () => Infinity,
    onRenewal: () => () => {},
    publish({ host, webuiPort, rpcPort }) {
      leader.set(leaderAt({ host, webuiPort, rpcHost: host, rpcPort }));
      return Promise.resolve();
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}
