import { loadMasters, loadWorkers } from "../../config/conf_file.ts";
import type { Configuration } from "../../config/configuration.ts";
import type { PortRange } from "../../config/port_range.ts";

/** A master that should be there. */
export interface ExpectedMaster {
  host: string;
  /** As `masterd masters` prints it; 0 stands for any. */
  linePort: number;
  /** Where its web UI may be; none if only its registration can tell. */
  ports: readonly number[];
}

/** What should run by the configuration. */
export interface ExpectedCluster {
  clusterId: string;
  masters: readonly ExpectedMaster[];
  /** The host of each worker. */
  workerHosts: readonly string[];
}

/** How many ports of `rest.bind-port` are tried where nothing tells which one was free. */
const MAX_TRIED = 16;

/** Reads conf/masters and conf/workers; without high availability there is one master. */
export async function loadExpectedCluster(configuration: Configuration): Promise<ExpectedCluster> {
  const { confDir, highAvailability: { mode, clusterId } } = configuration;
  const masters = mode.kind === "none"
    ? [loneMaster(configuration)]
    : await electedMasters(configuration);
  const workers = await loadWorkers(confDir);
  return { clusterId, masters, workerHosts: workers.map(({ host }) => host) };
}

function loneMaster({ rest, jobmanager }: Configuration): ExpectedMaster {
  const { address: host = jobmanager.rpcAddress, port: linePort, bindPort } = rest;
  const ports = bindPort === undefined ? [linePort] : firstPorts(bindPort);
  return { host, linePort, ports: ports.filter((port) => port !== 0) };
}

async function electedMasters({ confDir, rest }: Configuration): Promise<ExpectedMaster[]> {
  const entries = await loadMasters(confDir, { defaultPort: rest.port });
  // It beats the ports of the lines; which of several was free only the registrations tell.
  const bound = rest.bindPort && firstPorts(rest.bindPort);
  return entries.map(({ host, webuiPort: linePort = rest.port }) => {
    const ports = bound === undefined ? [linePort] : bound.length === 1 ? bound : [];
    return { host, linePort, ports: ports.filter((port) => port !== 0) };
  });
}

function firstPorts(range: PortRange): number[] {
  const ports: number[] = [];
  for (const port of range.ports()) if (ports.push(port) === MAX_TRIED) break;
  return ports;
}
