import { posix } from "node:path";
import { ConfigError, invalidValue, ProblemList } from "./config_error.ts";
import { parseHost, parsePort } from "./host_port.ts";
import { parseJavaProperties, type Property } from "./java_properties.ts";
import { findPortClashes } from "./zoo_ports.ts";
import { type ClientListener, parseZooServer, type ZooServerAddress } from "./zoo_server.ts";

/** A server of the ensemble, from a `server.N` line. */
export interface ZooServer extends ZooServerAddress {
  readonly id: number;
  readonly line: number;
}

/** What zoo.cfg says, with the defaults of what it leaves out. */
export interface ZooCfg {
  readonly file: string;
  readonly text: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly servers: readonly ZooServer[];
  /** For servers whose own line names none; undefined if they serve clients over TLS only. */
  readonly clientPort?: number;
  /** Where servers listen whose own line names no address; undefined for all addresses. */
  readonly clientAddress?: string;
  /** Clients over TLS. */
  readonly secureClient?: ClientListener;
  /** Absolute; absent if the file names none. */
  readonly dataDir?: string;
  /** Absolute; absent if the log is to lie with the data. */
  readonly dataLogDir?: string;
  readonly tickTimeMs: number;
}

const DEFAULT_CLIENT_PORT = 2181;
// That of the example files. ZooKeeper's own is 3000, longer than masterd.zookeeper.tick-time by default.
const DEFAULT_TICK_TIME_MS = 2000;

/** Reads zoo.cfg; relative folders count from `baseDir`, and are an error without one. */
export function parseZooCfg(
  text: string,
  file: string,
  options: { baseDir?: string } = {},
): ZooCfg {
  const problems = new ProblemList();
  const properties = parseJavaProperties(text);
  const read = <T>(key: string, parse: (value: string) => T): T | undefined => {
    const property = properties.findLast((candidate) => candidate.key === key);
    if (property === undefined) return undefined;
    return problems.attempt({ file, line: property.line, key }, () => parse(property.value));
  };
  const readFolder = (key: string) => read(key, (value) => parseFolder(value, options.baseDir));
  for (const key of ["initLimit", "syncLimit"]) read(key, checkTicks);
  read("dynamicConfigFile", refuseDynamicFile);
  const servers = parseServers(properties, file, problems);
  const tickTimeMs = read("tickTime", parseTickTime) ?? DEFAULT_TICK_TIME_MS;
  const clients = readClients(read);
  const settings = new Map(properties.map(({ key, value }) => [key, value]));
  const [dataDir, dataLogDir] = [readFolder("dataDir"), readFolder("dataLogDir")];
  problems.throwIfAny();
  const zooCfg = { file, text, settings, servers, tickTimeMs, ...clients, dataDir, dataLogDir };
  for (const problem of findPortClashes(zooCfg)) problems.add(problem);
  problems.throwIfAny();
  return zooCfg;
}

/** The server with this id; undefined if the file names no servers, and so serves any id alone. */
export function findZooServer(
  { file, servers }: ZooCfg,
  id: number,
): ZooServer | undefined {
  const found = servers.find((server) => server.id === id);
  if (found !== undefined || servers.length === 0) return found;
  const ids = servers.map((server) => server.id).join(", ");
  const message = `has no server.${id}; its servers are ${ids}`;
  throw new ConfigError([{ file, value: String(id), message }]);
}

/** Where a server speaks with its clients, its own line first; undefined if it does over TLS only. */
export function clientListener(
  { clientPort, clientAddress }: Pick<ZooCfg, "clientPort" | "clientAddress">,
  server: ZooServer | undefined,
): ClientListener | undefined {
  const port = server?.client?.port ?? clientPort;
  if (port === undefined) return undefined;
  const host = server?.client?.host ?? clientAddress;
  return host === undefined ? { port } : { host, port };
}

type Read = <T>(key: string, parse: (value: string) => T) => T | undefined;

function readClients(read: Read) {
  const port = (value: string) => parsePort(value, { min: 1 });
  const securePort = read("secureClientPort", port);
  const secureHost = read("secureClientPortAddress", parseHost);
  // To whom TLS is given, no port without it is opened unasked.
  const clientPort = read("clientPort", port) ??
    (securePort === undefined ? DEFAULT_CLIENT_PORT : undefined);
  const clientAddress = read("clientPortAddress", parseHost);
  const secureClient = securePort === undefined
    ? undefined
    : { host: secureHost, port: securePort };
  return { clientPort, clientAddress, secureClient };
}

function parseServers(properties: readonly Property[], file: string, problems: ProblemList) {
  const servers = new Map<number, ZooServer>();
  for (const { key, value, line } of properties) {
    if (!key.startsWith("server.")) continue;
    problems.attempt({ file, line, key }, () => {
      const id = parseServerId(key);
      const earlier = servers.get(id);
      if (earlier) {
        throw invalidValue(
          value,
          `server ${id} is already on line ${earlier.line}; write each id once`,
        );
      }
      servers.set(id, { id, line, ...parseZooServer(value) });
    });
  }
  return [...servers.values()];
}

function parseServerId(key: string): number {
  const digits = key.slice("server.".length);
  if (/^(?:0|[1-9]\d{0,2})$/.test(digits) && Number(digits) <= 255) return Number(digits);
  throw invalidValue(
    key,
    `${JSON.stringify(digits)} is not a server id; write server.N with N from 0 to 255`,
  );
}

function parseTickTime(value: string): number {
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
  throw invalidValue(
    value,
    `${JSON.stringify(value)} is not a tick time; write milliseconds, for example 2000`,
  );
}

function checkTicks(value: string): void {
  if (/^[1-9]\d{0,5}$/.test(value)) return;
  throw invalidValue(
    value,
    `${JSON.stringify(value)} is not a number of ticks; write for example 10`,
  );
}

// The scripts start the servers that this file names, on the hosts that it names.
function refuseDynamicFile(value: string): void {
  throw invalidValue(value, "is not supported; write the servers into this file");
}

function parseFolder(value: string, baseDir: string | undefined): string {
  if (value !== "" && posix.isAbsolute(value)) return posix.normalize(value);
  if (value !== "" && baseDir !== undefined) return posix.resolve(baseDir, value);
  throw invalidValue(
    value,
    `${JSON.stringify(value)} is not an absolute path; write for example /var/lib/zookeeper`,
  );
}
