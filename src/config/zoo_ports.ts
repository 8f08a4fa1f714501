import type { Problem } from "./config_error.ts";
import { formatHost, isIPv6 } from "./host_port.ts";
import type { ZooCfg, ZooServer } from "./zoo_cfg.ts";

interface Listener {
  /** In its normal form; `*` for all addresses. */
  readonly address: string;
  readonly port: number;
}

type Ports = Pick<ZooCfg, "servers" | "clientPort" | "clientAddress" | "secureClient" | "settings">;

const EVERYWHERE = "*";
// What `localhost` may mean.
const LOCALHOST: readonly string[] = ["localhost", "127.0.0.1", "::1"];

/** Says which servers of one host would take each other's ports, or one its own twice. */
export function findPortClashes(zooCfg: Ports & { file: string }): Problem[] {
  const { file, servers } = zooCfg;
  return servers.flatMap((server, index) => {
    const where = { file, line: server.line, key: `server.${server.id}` };
    const own = listeners(server, zooCfg);
    const twice = own.filter((one, at) => own.slice(0, at).some((other) => clash(one, other)));
    if (twice.length > 0) {
      return [{ ...where, message: `${named(twice)} needed twice; write different ports` }];
    }
    const neighbours = servers.slice(0, index).filter((other) => shareHost(server, other));
    const advice = `give each server of a host its own, for example ${example(server, neighbours)}`;
    return neighbours.flatMap((other) => {
      const theirs = listeners(other, zooCfg);
      const taken = own.filter((one) => theirs.some((their) => clash(one, their)));
      if (taken.length === 0) return [];
      const owner = `server ${other.id} (line ${other.line}) on the same host`;
      return [{ ...where, message: `${named(taken)} taken by ${owner}; ${advice}` }];
    });
  });
}

/** Whether two servers are on one host by what the file writes; all names of the loopback are one. */
export function shareHost(one: ZooServer, other: ZooServer): boolean {
  const hosts = other.cards.map(({ host }) => machine(host));
  return one.cards.some(({ host }) => hosts.includes(machine(host)));
}

/** Whether an address of a listener means all addresses of its host. */
export function isWildcard(host: string): boolean {
  return normal(host) === "0.0.0.0" || normal(host) === "::";
}

/** Whether a name or address leads to nobody but the own host. */
export function isLoopback(host: string): boolean {
  return LOCALHOST.includes(normal(host)) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function listeners(server: ZooServer, zooCfg: Ports): Listener[] {
  const { secureClient } = zooCfg;
  const port = server.client?.port ?? zooCfg.clientPort;
  const host = server.client?.host ?? zooCfg.clientAddress;
  const toClients = [
    ...(port === undefined ? [] : [{ address: boundTo(host), port }]),
    ...(secureClient ? [{ address: boundTo(secureClient.host), port: secureClient.port }] : []),
  ];
  return [...listenersToServers(server, zooCfg), ...toClients];
}

function listenersToServers({ cards }: ZooServer, { settings }: Ports): Listener[] {
  if (settings.get("quorumListenOnAllIPs")?.toLowerCase() !== "true") {
    return cards.flatMap(({ host, peerPort, electionPort }) =>
      [peerPort, electionPort].map((port) => ({ address: boundTo(host), port }))
    );
  }
  // Cards with the same port share one listener then.
  const peerPorts = new Set(cards.map(({ peerPort }) => peerPort));
  const electionPorts = new Set(cards.map(({ electionPort }) => electionPort));
  return [...peerPorts, ...electionPorts].map((port) => ({ address: EVERYWHERE, port }));
}

function boundTo(host: string | undefined): string {
  return host === undefined || isWildcard(host) ? EVERYWHERE : normal(host);
}

function clash(one: Listener, other: Listener): boolean {
  if (one.port !== other.port) return false;
  const addresses = [one.address, other.address];
  if (one.address === other.address || addresses.includes(EVERYWHERE)) return true;
  return addresses.includes("localhost") && addresses.every((each) => LOCALHOST.includes(each));
}

function named(listeners: readonly Listener[]): string {
  const ports = [...new Set(listeners.map(({ port }) => port))];
  if (ports.length === 1) return `port ${ports[0]} is`;
  return `ports ${ports.slice(0, -1).join(", ")} and ${ports.at(-1)} are`;
}

function example({ host }: ZooServer, { length }: readonly ZooServer[]): string {
  return `${formatHost(host)}:${2888 + length}:${3888 + length};${2181 + length}`;
}

function machine(host: string): string {
  return isLoopback(host) ? "localhost" : normal(host);
}

// An IPv6 address can be written in several ways; the URL parser knows the one normal form.
function normal(host: string): string {
  if (!isIPv6(host)) return host.toLowerCase();
  return new URL(`http://[${host}]/`).hostname.slice(1, -1);
}
