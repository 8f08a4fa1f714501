import { invalidValue } from "./config_error.ts";
import { formatHost, parseHost, parsePort } from "./host_port.ts";

/** Where a server speaks with the others: one of its network cards. */
export interface ZooServerCard {
  readonly host: string;
  readonly peerPort: number;
  readonly electionPort: number;
}

/** Where a server speaks with clients; without a host at all of its addresses. */
export interface ClientListener {
  readonly host?: string;
  readonly port: number;
}

/** What a `server.N` line of zoo.cfg says of one server; host and ports are those of its first card. */
export interface ZooServerAddress extends ZooServerCard {
  readonly cards: readonly ZooServerCard[];
  /** As it was written. */
  readonly role?: string;
  /** An observer has no vote. */
  readonly isObserver: boolean;
  /** Present if the line ends in `;2181`, the notation of ZooKeeper 3.5. */
  readonly client?: ClientListener;
}

const PEER_PORT = 2888;
const ELECTION_PORT = 3888;

/** Reads `host[:peerPort[:electionPort[:role]]][|host…][;[address:]clientPort]`. */
export function parseZooServer(value: string): ZooServerAddress {
  const [addresses = "", client, ...rest] = value.split(";").map((part) => part.trim());
  if (rest.length > 0) throw invalidServer(value, 'has more than one ";"');
  // A server with several network cards lists all of them; we reach it by the first.
  const parsed = addresses.split("|").map((address) => parseCard(address.trim(), value));
  const role = parsed.find((one) => one.role !== undefined)?.role;
  const address = {
    ...parsed[0]!.card,
    cards: parsed.map(({ card }) => card),
    isObserver: role?.toLowerCase() === "observer",
    ...(role === undefined ? {} : { role }),
  };
  return client === undefined ? address : { ...address, client: parseClient(client) };
}

/**
 * Writes a server in full, as ZooKeeper wants it. A client port without an address gets the one that
 * the file has for all servers.
 */
export function formatZooServer(
  { cards, role, client }: ZooServerAddress,
  { clientAddress }: { clientAddress?: string } = {},
): string {
  const end = role === undefined ? "" : `:${role}`;
  const text = cards.map(({ host, peerPort, electionPort }) =>
    `${formatHost(host)}:${peerPort}:${electionPort}${end}`
  ).join("|");
  if (client === undefined) return text;
  const address = client.host ?? clientAddress;
  return `${text};${address === undefined ? "" : `${formatHost(address)}:`}${client.port}`;
}

function parseCard(address: string, value: string): { card: ZooServerCard; role?: string } {
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
  return { card: { host, peerPort, electionPort }, role: role?.trim() };
}

function parseClient(client: string): ClientListener {
  const colon = client.lastIndexOf(":");
  const port = serverPort(client.slice(colon + 1), `;${client}`);
  if (colon < 0) return { port };
  const address = client.slice(0, colon).trim();
  if (address.includes(":") && !address.startsWith("[")) {
    throw invalidValue(
      client,
      `${JSON.stringify(client)} is an IPv6 address without brackets; write [address]:${port}`,
    );
  }
  return { host: parseHost(address), port };
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
