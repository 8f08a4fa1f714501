import { posix } from "node:path";
import { ConfigError, invalidValue, ProblemList } from "./config_error.ts";
import { parsePort } from "./host_port.ts";
import { formatJavaProperty, parseJavaProperties, type Property } from "./java_properties.ts";
import { parseZooServer, type ZooServerAddress } from "./zoo_server.ts";

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
  readonly clientPort: number;
  /** Absolute; absent if the file names none. */
  readonly dataDir?: string;
  readonly tickTimeMs: number;
}

const DEFAULT_CLIENT_PORT = 2181;
// ZooKeeper's own default; the example files of ZooKeeper and Flink set 2000.
const DEFAULT_TICK_TIME_MS = 3000;
const DEFAULT_INIT_LIMIT = "10";
const DEFAULT_SYNC_LIMIT = "5";

/** Reads zoo.cfg; a relative `dataDir` counts from `baseDir`, and is an error without one. */
export function parseZooCfg(
  text: string,
  file: string,
  options: { baseDir?: string } = {},
): ZooCfg {
  const problems = new ProblemList();
  const properties = parseJavaProperties(text);
  const settings = new Map(properties.map(({ key, value }) => [key, value]));
  const read = <T>(key: string, parse: (value: string) => T): T | undefined => {
    const property = properties.findLast((candidate) => candidate.key === key);
    if (property === undefined) return undefined;
    return problems.attempt({ file, line: property.line, key }, () => parse(property.value));
  };
  const servers = parseServers(properties, file, problems);
  const clientPort = read("clientPort", (value) => parsePort(value, { min: 1 })) ??
    servers.find((server) => server.clientPort !== undefined)?.clientPort ?? DEFAULT_CLIENT_PORT;
  const tickTimeMs = read("tickTime", parseTickTime) ?? DEFAULT_TICK_TIME_MS;
  const dataDir = read("dataDir", (value) => parseDataDir(value, options.baseDir));
  problems.throwIfAny();
  return { file, text, settings, servers, clientPort, tickTimeMs, dataDir };
}

/** The text that ZooKeeper is started with: all that the user wrote, and what ZooKeeper needs besides. */
export function completeZooCfg(
  zooCfg: ZooCfg,
  options: { peerId: number; defaultDataDir: string },
): string {
  const { peerId, defaultDataDir } = options;
  const { file, settings, servers } = zooCfg;
  if (servers.length > 0 && !servers.some(({ id }) => id === peerId)) {
    const ids = servers.map(({ id }) => id).join(", ");
    const message = `has no server.${peerId}; its servers are ${ids}`;
    throw new ConfigError([{ file, value: String(peerId), message }]);
  }
  const wanted = new Map([
    ["tickTime", String(zooCfg.tickTimeMs)],
    ["initLimit", settings.get("initLimit") ?? DEFAULT_INIT_LIMIT],
    ["syncLimit", settings.get("syncLimit") ?? DEFAULT_SYNC_LIMIT],
    ["dataDir", zooCfg.dataDir ?? defaultDataDir],
    ...servers.map(({ id, completed }): [string, string] => [`server.${id}`, completed]),
  ]);
  // ZooKeeper refuses a client port that differs from the one of the server's own line.
  if (servers.every((server) => server.clientPort === undefined)) {
    wanted.set("clientPort", String(zooCfg.clientPort));
  }
  return replaceSettings(zooCfg.text, wanted);
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
  if (/^\d{1,3}$/.test(digits) && Number(digits) <= 255) return Number(digits);
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

function parseDataDir(value: string, baseDir: string | undefined): string {
  if (value !== "" && posix.isAbsolute(value)) return posix.normalize(value);
  if (value !== "" && baseDir !== undefined) return posix.resolve(baseDir, value);
  throw invalidValue(
    value,
    `${JSON.stringify(value)} is not an absolute path; write for example /var/lib/zookeeper`,
  );
}

// Lines keep their places: what the user wrote can be found again in the completed file.
function replaceSettings(text: string, wanted: ReadonlyMap<string, string>): string {
  const lines: (string | undefined)[] = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const missing = new Map(wanted);
  for (const { key, value, line, lastLine } of parseJavaProperties(text)) {
    const replacement = wanted.get(key);
    missing.delete(key);
    if (replacement === undefined || replacement === value) continue;
    lines.fill(undefined, line - 1, lastLine);
    lines[line - 1] = formatJavaProperty(key, replacement);
  }
  for (const [key, value] of missing) lines.push(formatJavaProperty(key, value));
  return lines.filter((line) => line !== undefined).join("\n") + "\n";
}
