import { invalidValue } from "./config_error.ts";
import { formatHost, parseHost, parsePort } from "./host_port.ts";

/** What a `server.N` line of zoo.cfg says of one server. */
export interface ZooServerAddress {
  readonly host: string;
  readonly peerPort: number;
  readonly electionPort: number;
  /** Present if the line ends in `;2181`, the notation of ZooKeeper 3.5. */
  readonly clientPort?: number;
  /** The value in full: the ports of Flink's short notation filled in. */
  readonly completed: string;
}

const PEER_PORT = 2888;
const ELECTION_PORT = 3888;

/** Reads `host[:peerPort[:electionPort[:role]]][;[address:]clientPort]`. */
export function parseZooServer(value: string): ZooServerAddress {
  const [addresses = "", client, ...rest] = value.split(";").map((part) => part.trim());
  if (rest.length > 0) throw invalidServer(value, 'has more than one ";"');
  // A server with several network cards lists all of them; we reach it by the first.
  const cards = addresses.split("|").map((address) => parseCard(address.trim(), value));
  const { host, peerPort, electionPort } = cards[0]!;
  const suffix = client === undefined ? "" : `;${client}`;
  const completed = cards.map((card) => card.completed).join("|") + suffix;
  const address = { host, peerPort, electionPort, completed };
  return client === undefined ? address : { ...address, clientPort: parseClient(client) };
}

function parseCard(address: string, value: string) {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(address);
  if (!match || match[1] === "") throw invalidServer(value, "has no host");
  const host = parseHost(match[1]!);
  const [peer, election, role, ...rest] = match[2] === undefined ? [] : match[2].split(":");
  if (rest.length > 0) throw invalidServer(value, "has more than two ports and a role");
  if (role !== undefined && !/^(?:participant|observer)$/i.test(role.trim())) {
    throw invalidServer(value, `has the unknown role ${JSON.stringify(role)}`);
  }
  const peerPort = peer === undefined ? PEER_PORT : serverPort(peer, value);
  const electionPort = election === undefined ? ELECTION_PORT : serverPort(election, value);
  const end = role === undefined ? "" : `:${role.trim()}`;
  const completed = `${formatHost(host)}:${peerPort}:${electionPort}${end}`;
  return { host, peerPort, electionPort, completed };
}

function parseClient(client: string): number {
  return serverPort(client.slice(client.lastIndexOf(":") + 1), `;${client}`);
}

function serverPort(text: string, value: string): number {
  // Everything after the equals sign belongs to the value in a properties file.
  if (text.includes("#")) {
    throw invalidServer(value, "is followed by a comment, which needs its own line");
  }
  return parsePort(text.trim(), { min: 1 });
}

function invalidServer(value: string, fact: string) {
  return invalidValue(
    value,
    `${JSON.stringify(value)} ${fact}; write host:${PEER_PORT}:${ELECTION_PORT}`,
  );
}
