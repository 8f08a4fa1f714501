import type { Configuration } from "../config/configuration.ts";
import type { MastersEntry } from "../config/masters.ts";

/** What the command line asks for. */
export interface AddressRequest {
  host?: string;
  webuiPort?: number;
}

/** The name under which a master is known, and where it may serve its status. */
export interface NodeAddress {
  host: string;
  webuiPort: number;
}

export interface AddressSources {
  configuration: Pick<Configuration, "highAvailability" | "jobmanager" | "rest">;
  masters: readonly MastersEntry[];
  isLocal: (host: string) => boolean;
}

/**
 * The addresses that this master may take, best first: what was asked for; with high availability,
 * the lines of the masters file that name this host; without, the configured address.
 */
export function possibleAddresses(request: AddressRequest, sources: AddressSources): NodeAddress[] {
  const { configuration: { highAvailability, jobmanager, rest }, masters, isLocal } = sources;
  const port = request.webuiPort ?? rest.port;
  if (highAvailability.mode.kind === "none") {
    return [{ host: request.host ?? jobmanager.rpcAddress, webuiPort: port }];
  }
  if (request.host !== undefined && request.webuiPort !== undefined) {
    return [{ host: request.host, webuiPort: request.webuiPort }];
  }
  const entries = masters
    .filter(({ host }) => request.host === undefined ? isLocal(host) : host === request.host)
    .map(({ host, webuiPort = rest.port }) => ({ host, webuiPort }))
    .filter(({ webuiPort }) => request.webuiPort === undefined || webuiPort === request.webuiPort);
  if (entries.length > 0 || request.host === undefined) return entries;
  return [{ host: request.host, webuiPort: port }];
}
