import { type Problem, ProblemList } from "./config_error.ts";
import { ALL_ZOO_KEYS, meaningOfZooKey } from "./embedded_zoo_keys.ts";
import { parseJavaProperties, type Property } from "./java_properties.ts";
import { nearest } from "./nearest.ts";
import { parseBoolean, parseInteger } from "./plain_values.ts";
import { clientListener, findZooServer, type ZooCfg } from "./zoo_cfg.ts";
import type { ClientListener } from "./zoo_server.ts";

/** What zoo.cfg says to the embedded server; what it leaves out has the server's own default. */
export interface EmbeddedZooCfg {
  readonly listen: ClientListener;
  readonly tickTimeMs: number;
  readonly minSessionTimeoutMs: number;
  readonly maxSessionTimeoutMs: number;
  readonly maxConnectionsPerAddress?: number;
  readonly maxConnections?: number;
  readonly maxOutstanding?: number;
  readonly maxFrameBytes?: number;
  readonly snapshotTransactions?: number;
  readonly snapshotsKept?: number;
  readonly sweepIntervalMs?: number;
  readonly sweptPerMinute?: number;
  readonly areTtlNodesAllowed?: boolean;
  readonly superDigest?: string;
  /** Words, or `*`. */
  readonly allowedWords?: readonly string[];
  /** Doubtful lines of the file. */
  readonly warnings: readonly Problem[];
  /** Settings of Apache ZooKeeper that this server has no use for. */
  readonly keysWithoutEffect: readonly string[];
}

const MAX_INT = 2 ** 31 - 1;
const SUPER_DIGEST = "DigestAuthenticationProvider.superDigest";
const WORDS = "4lw.commands.whitelist";
// Those of ZooKeeper 3.8, also what this server does not answer (FourLetterCommands).
const KNOWN_WORDS: ReadonlySet<string> = new Set(
  ("conf cons crst dirs dump envi gtmk hash icfg isro lsnp mntr ruok srst srvr stat stmk wchc " +
    "wchp wchs").split(" "),
);

/** Reads what concerns the embedded server; throws a ConfigError where it cannot do what is asked for. */
export function resolveEmbeddedZooCfg(zooCfg: ZooCfg, peerId: number | undefined): EmbeddedZooCfg {
  const { file, servers, tickTimeMs } = zooCfg;
  const problems = new ProblemList();
  const properties = parseJavaProperties(zooCfg.text);
  if (servers.length > 1) problems.add(severalServers(zooCfg));
  const review = reviewKeys(properties, file, problems);
  problems.throwIfAny();
  const read = <T>(key: string, parse: (value: string) => T): T | undefined => {
    const property = properties.findLast((candidate) => candidate.key === key);
    if (property === undefined) return undefined;
    return problems.attempt({ file, line: property.line, key }, () => parse(property.value));
  };
  const server = peerId === undefined ? servers[0] : findZooServer(zooCfg, peerId);
  const limits = { ...readTimeouts(read, tickTimeMs), ...readLimits(read), ...readRights(read) };
  if (limits.minSessionTimeoutMs > limits.maxSessionTimeoutMs) {
    const message = `${limits.minSessionTimeoutMs} is longer than maxSessionTimeout, ` +
      `${limits.maxSessionTimeoutMs}; write at most that`;
    problems.add({ file, key: "minSessionTimeout", message });
  }
  problems.throwIfAny();
  return { listen: clientListener(zooCfg, server)!, tickTimeMs, ...limits, ...review };
}

type Read = <T>(key: string, parse: (value: string) => T) => T | undefined;

function readTimeouts(read: Read, tickTimeMs: number) {
  // ZooKeeper writes -1 for its default.
  const timeout = (value: string) =>
    value === "-1" ? undefined : parseInteger(value, { min: 1, max: MAX_INT });
  return {
    minSessionTimeoutMs: read("minSessionTimeout", timeout) ?? 2 * tickTimeMs,
    maxSessionTimeoutMs: read("maxSessionTimeout", timeout) ?? 20 * tickTimeMs,
  };
}

function readLimits(read: Read) {
  const count = (value: string) => parseInteger(value, { min: 0, max: MAX_INT });
  const positive = (value: string) => parseInteger(value, { min: 1, max: MAX_INT });
  return {
    maxConnectionsPerAddress: read("maxClientCnxns", count),
    maxConnections: read("maxCnxns", count),
    maxOutstanding: read("globalOutstandingLimit", positive),
    // Below, not even the handshake and a path would fit; above, a frame could exhaust the memory.
    maxFrameBytes: read(
      "jute.maxbuffer",
      (value) => parseInteger(value, { min: 1024, max: 64 * 1024 * 1024 }),
    ),
    snapshotTransactions: read(
      "snapCount",
      (value) => parseInteger(value, { min: 2, max: MAX_INT }),
    ),
    snapshotsKept: read(
      "autopurge.snapRetainCount",
      (value) => parseInteger(value, { min: 3, max: 1000 }),
    ),
    sweepIntervalMs: read("znode.container.checkIntervalMs", positive),
    sweptPerMinute: read("znode.container.maxPerMinute", positive),
  };
}

function readRights(read: Read) {
  return {
    areTtlNodesAllowed: read("extendedTypesEnabled", parseBoolean),
    superDigest: read(SUPER_DIGEST, (value) => value),
    allowedWords: read(WORDS, wordsOf),
  };
}

function severalServers({ file, servers }: ZooCfg): Problem {
  const message = `names ${servers.length} servers, but the embedded server of masterd serves ` +
    "alone: a quorum needs Apache ZooKeeper; install it (apt-get install zookeeper, or set " +
    "ZOOKEEPER_HOME) and set masterd.zookeeper.server: apache, or name one server";
  return { file, line: servers[1]!.line, message };
}

/** Refuses what would leave a server open that its owner believes to be closed; warns of the rest. */
function reviewKeys(
  properties: readonly Property[],
  file: string,
  problems: ProblemList,
): Pick<EmbeddedZooCfg, "warnings" | "keysWithoutEffect"> {
  const keysWithoutEffect: string[] = [];
  const warnings: Problem[] = [];
  for (const { key, value, line } of properties) {
    switch (meaningOfZooKey(key)) {
      case "protection":
        // Switched off it promises nothing.
        if (value.trim().toLowerCase() === "false") keysWithoutEffect.push(key);
        else problems.add({ file, line, key, message: PROTECTION_MISSING });
        break;
      case "without effect":
        keysWithoutEffect.push(key);
        break;
      case "unknown":
        warnings.push({ file, line, key, message: `is unknown${meant(key)}; it is ignored` });
    }
  }
  warnings.push(...doubtfulLines(properties, file));
  return { warnings, keysWithoutEffect };
}

/** What is heeded, and hardly means what was meant. */
function doubtfulLines(properties: readonly Property[], file: string): Problem[] {
  const warnings: Problem[] = [];
  for (const [at, { key, value, line }] of properties.entries()) {
    const first = properties.findIndex((other) => other.key === key);
    if (first < at) {
      const message = `stands in line ${properties[first]!.line}, too; the last one counts`;
      warnings.push({ file, line, key, message });
    }
    if (key === WORDS) {
      for (const word of unknownWords(value)) {
        const message = `${JSON.stringify(word)} is no four letter word of ZooKeeper; write them ` +
          "with commas between them, or * for all";
        warnings.push({ file, line, key, message });
      }
    }
    // The value is a secret, or was meant to be one.
    if (key === SUPER_DIGEST && !/^[^:]+:[A-Za-z0-9+/]{27}=$/.test(value)) {
      const message =
        "is not user:digest with the digest as 28 characters of base64; nobody will be " +
        "let in by it";
      warnings.push({ file, line, key, message });
    }
  }
  return warnings;
}

function unknownWords(list: string): string[] {
  return wordsOf(list).filter((word) => word !== "*" && !KNOWN_WORDS.has(word));
}

function wordsOf(list: string): string[] {
  return list.split(",").map((word) => word.trim()).filter((word) => word !== "");
}

const PROTECTION_MISSING =
  "is not known to the embedded server of masterd, which has neither TLS nor SASL: take the line " +
  "out, or run Apache ZooKeeper (masterd.zookeeper.server: apache)";

function meant(key: string): string {
  const candidate = nearest(key, ALL_ZOO_KEYS);
  return candidate === undefined ? "" : `; did you mean ${candidate}`;
}
