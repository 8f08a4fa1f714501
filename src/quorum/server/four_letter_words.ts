import { formatPeer } from "./peer.ts";
import type { Connection } from "./connection.ts";
import type { ServerParts } from "./server_parts.ts";
import { formatId } from "./sessions.ts";

type Answer = (parts: ServerParts) => string;

/** Words of ZooKeeper that this server never answers. */
const NOT_ANSWERED: readonly string[] = [
  "dirs",
  "gtmk",
  "hash",
  "icfg",
  "lsnp",
  "orst",
  "stmk",
];

/** What ZooKeeper answers in the place of a word that its settings do not allow. */
const notAllowed = (word: string) =>
  `${word} is not executed because it is not in the whitelist.\n`;

/** The answers, line by line in the form of ZooKeeper 3.8, whose readers are many. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  ruok: () => "imok",
  isro: () => "rw",
  srvr: (parts) => versionLine(parts) + statusLines(parts),
  stat: (parts) => {
    const clients = [...parts.connections].map((one) => ` ${briefLine(one)}\n`).join("");
    return `${versionLine(parts)}Clients:\n${clients}\n${statusLines(parts)}`;
  },
  cons: ({ connections }) => `${[...connections].map((one) => ` ${fullLine(one)}\n`).join("")}\n`,
  mntr: monitorLines,
  conf: configurationLines,
  dump: (parts) =>
    `SessionTracker dump:\n${sessionLines(parts)}ephemeral nodes dump:\n${ephemeralLines(parts)}` +
    `Connections dump:\n${connectionLines(parts)}`,
  wchs: ({ ledger: { database } }) => {
    const { watchers, paths, watches } = database.watchCounts();
    return `${watchers} connections watching ${paths} paths\nTotal watches:${watches}\n`;
  },
  wchc: (parts) => `${watchLines(parts, ({ session, path }) => [session, path])}\n`,
  wchp: (parts) => `${watchLines(parts, ({ session, path }) => [path, session])}\n`,
  envi: ({ settings }) => `Environment:\nzookeeper.version=${settings.version}\n`,
  srst: ({ statistics }) => {
    statistics.reset();
    return "Server stats reset.\n";
  },
  crst: ({ connections }) => {
    for (const { statistics } of connections) statistics.reset();
    return "Connection stats reset.\n";
  },
};

/** Whether four bytes are a word, and not the length of a frame. */
export function findWord(bytes: Uint8Array): string | undefined {
  const word = String.fromCharCode(...bytes);
  return Object.hasOwn(ANSWERS, word) || NOT_ANSWERED.includes(word) ? word : undefined;
}

/** What a client is answered that asks with a word. */
export function answerWord(word: string, parts: ServerParts): string {
  const { allowedWords } = parts.settings;
  const answer = ANSWERS[word];
  const isAllowed = allowedWords.has("*") || allowedWords.has(word);
  return answer === undefined || !isAllowed ? notAllowed(word) : answer(parts);
}

function versionLine({ settings }: ServerParts): string {
  return `Zookeeper version: ${settings.version}\n`;
}

function statusLines({ statistics, connections, gate, ledger }: ServerParts): string {
  const { latency, received, sent } = statistics;
  return [
    `Latency min/avg/max: ${latency.minMs}/${decimal(latency.averageMs)}/${latency.maxMs}`,
    `Received: ${received}`,
    `Sent: ${sent}`,
    `Connections: ${connections.size}`,
    `Outstanding: ${gate.outstanding}`,
    `Zxid: 0x${gate.durableZxid.toString(16)}`,
    "Mode: standalone",
    `Node count: ${ledger.database.nodeCount}`,
    "",
  ].join("\n");
}

function monitorLines(parts: ServerParts): string {
  const { statistics, connections, gate, ledger: { database }, sessions } = parts;
  const { latency } = statistics;
  const { watches } = database.watchCounts();
  const values: [string, string | number][] = [
    ["version", parts.settings.version],
    ["server_state", "standalone"],
    ["ephemerals_count", database.ephemeralCount],
    ["num_alive_connections", connections.size],
    ["avg_latency", decimal(latency.averageMs)],
    ["min_latency", latency.minMs],
    ["max_latency", latency.maxMs],
    ["outstanding_requests", gate.outstanding],
    ["znode_count", database.nodeCount],
    ["global_sessions", sessions.tracker.size],
    ["local_sessions", 0],
    ["packets_sent", statistics.sent],
    ["packets_received", statistics.received],
    ["watch_count", watches],
    ["approximate_data_size", database.approximateDataSize],
    ["masterd_tree_bytes", database.treeWeight],
    ["masterd_max_tree_bytes", database.maxTreeWeight],
    ["auth_failed_count", statistics.authenticationFailures],
    ["connection_rejected", statistics.rejectedConnections],
    ["stale_sessions_expired", statistics.expiredSessions],
    ["snap_count", statistics.snapshots],
    ["uptime", Math.trunc(performance.now() - parts.startedAtMs)],
  ];
  return values.map(([name, value]) => `zk_${name}\t${value}\n`).join("");
}

function configurationLines({ settings, folder }: ServerParts): string {
  const { listen } = settings;
  const values: [string, string | number][] = [
    ["clientPort", listen.port],
    ["secureClientPort", -1],
    ["dataDir", folder],
    ["dataLogDir", folder],
    ["tickTime", settings.tickTimeMs],
    ["maxClientCnxns", settings.maxConnectionsPerAddress],
    ["minSessionTimeout", settings.minSessionTimeoutMs],
    ["maxSessionTimeout", settings.maxSessionTimeoutMs],
    ["serverId", 0],
  ];
  return values.map(([name, value]) => `${name}=${value}\n`).join("");
}

function sessionLines({ sessions: { tracker } }: ServerParts): string {
  const edges = tracker.edges();
  const lines = edges.map(({ inMs, sessions }) => {
    const ids = [...sessions].map(({ id }) => `\t${formatId(id)}\n`).join("");
    return `${sessions.size} expire at ${javaDate(Date.now() + inMs)}:\n${ids}`;
  });
  return `Session Sets (${edges.length})/(${tracker.size}):\n${lines.join("")}`;
}

function ephemeralLines({ ledger: { database } }: ServerParts): string {
  const owners = [...database.ephemerals()];
  const lines = owners.map(([id, paths]) =>
    `${formatId(id)}:\n${[...paths].map((path) => `\t${path}\n`).join("")}`
  );
  return `Sessions with Ephemerals (${owners.length}):\n${lines.join("")}`;
}

function connectionLines({ connections }: ServerParts): string {
  const lines = [...connections].map(({ channel, session }) =>
    `\tip: ${formatPeer(channel.peer)} sessionId: ${formatId(session?.id ?? 0n)}\n`
  );
  return `Connections Sets (1)/(${connections.size}):\n${lines.join("")}`;
}

/** Who watches what, under one of the two. */
function watchLines(
  { ledger: { database } }: ServerParts,
  order: (watch: { session: string; path: string }) => [heading: string, line: string],
): string {
  const groups = new Map<string, string>();
  for (const [watcher, paths] of database.watchesByWatcher()) {
    const session = formatId((watcher as Connection).session?.id ?? 0n);
    for (const path of paths) {
      const [heading, line] = order({ session, path });
      groups.set(heading, `${groups.get(heading) ?? ""}\t${line}\n`);
    }
  }
  return [...groups].map(([heading, lines]) => `${heading}\n${lines}`).join("");
}

/** `/127.0.0.1:40000[1](queued=0,recved=4,sent=4)`; 1 stands for a client that is listened to. */
function briefLine(connection: Connection): string {
  return `${head(connection)})`;
}

function fullLine(connection: Connection): string {
  const { session, statistics } = connection;
  if (session === undefined) return briefLine(connection);
  const { latency, lastXid, lastZxid } = statistics;
  const values = {
    sid: formatId(session.id),
    lop: statistics.lastOperation,
    est: statistics.establishedAtMs,
    to: session.timeoutMs,
    ...(lastXid >= 0 ? { lcxid: `0x${lastXid.toString(16)}` } : {}),
    lzxid: formatId(lastZxid),
    lresp: Math.trunc(statistics.lastResponseMs),
    llat: Math.trunc(statistics.lastLatencyMs),
    minlat: latency.minMs,
    avglat: Math.trunc(latency.averageMs),
    maxlat: latency.maxMs,
  };
  const text = Object.entries(values).map(([name, value]) => `${name}=${value}`).join(",");
  return `${head(connection)},${text})`;
}

function head({ channel, session, statistics }: Connection): string {
  const interest = session === undefined ? 0 : 1;
  const { received, sent } = statistics;
  return `${formatPeer(channel.peer)}[${interest}](queued=${channel.waitingCount},` +
    `recved=${received},sent=${sent}`;
}

/** As Java writes a double: `0.0`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : `${value}`;
}

/** As Java writes a date: `Mon Nov 23 04:27:47 UTC 2026`. */
function javaDate(timeMs: number): string {
  const [day, date, month, year, time] = new Date(timeMs).toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${date} ${time} UTC ${year}`;
}
