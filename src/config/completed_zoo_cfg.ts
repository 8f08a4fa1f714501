import { formatJavaProperty, javaLines, parseJavaProperties } from "./java_properties.ts";
import { findZooServer, type ZooCfg } from "./zoo_cfg.ts";
import { formatZooServer } from "./zoo_server.ts";

const DEFAULT_INIT_LIMIT = "10";
const DEFAULT_SYNC_LIMIT = "5";
const WHITELIST = "4lw.commands.whitelist";

/** Where one server keeps its data; absolute. */
export interface DataFolders {
  readonly dataDir: string;
  /** Left out: the log lies with the data. */
  readonly dataLogDir?: string;
}

/** The text that ZooKeeper is started with: all that the user wrote, and what ZooKeeper needs besides. */
export function completeZooCfg(
  zooCfg: ZooCfg,
  options: DataFolders & { peerId: number },
): string {
  const { peerId, dataDir, dataLogDir } = options;
  const { settings, servers, clientAddress } = zooCfg;
  const peer = findZooServer(zooCfg, peerId);
  const wanted = new Map<string, string | undefined>([
    ["tickTime", String(zooCfg.tickTimeMs)],
    ["initLimit", settings.get("initLimit") ?? DEFAULT_INIT_LIMIT],
    ["syncLimit", settings.get("syncLimit") ?? DEFAULT_SYNC_LIMIT],
    ["dataDir", dataDir],
    ...servers.map((
      server,
    ): [string, string] => [`server.${server.id}`, formatZooServer(server, { clientAddress })]),
  ]);
  if (dataLogDir !== undefined) wanted.set("dataLogDir", dataLogDir);
  if (peer?.client !== undefined) {
    // ZooKeeper refuses a client port that differs from the one of the server's own line.
    wanted.set("clientPort", undefined).set("clientPortAddress", undefined);
  } else if (zooCfg.clientPort !== undefined) {
    wanted.set("clientPort", String(zooCfg.clientPort));
  }
  const whitelist = settings.get(WHITELIST);
  if (whitelist !== undefined) wanted.set(WHITELIST, withSrvr(whitelist));
  return replaceSettings(zooCfg.text, wanted);
}

// The question of starts and of `masterd quorum-status`; ZooKeeper answers it where nothing is set.
function withSrvr(whitelist: string): string {
  const words = whitelist.split(",").map((word) => word.trim());
  if (words.includes("*") || words.includes("srvr")) return whitelist;
  return [...words.filter((word) => word !== ""), "srvr"].join(",");
}

// Lines keep their places: what the user wrote can be found again in the completed file.
function replaceSettings(
  text: string,
  wanted: ReadonlyMap<string, string | undefined>,
): string {
  const lines: (string | undefined)[] = javaLines(text);
  if (lines.at(-1) === "") lines.pop();
  const missing = new Map(wanted);
  for (const { key, value, line, lastLine } of parseJavaProperties(text)) {
    missing.delete(key);
    const replacement = wanted.has(key) ? wanted.get(key) : value;
    const asWritten = lines.slice(line - 1, lastLine).join("");
    if (replacement === value && isFit(asWritten)) continue;
    lines.fill(undefined, line - 1, lastLine);
    if (replacement !== undefined) lines[line - 1] = formatJavaProperty(key, replacement);
  }
  for (const [key, value] of missing) {
    if (value !== undefined) lines.push(formatJavaProperty(key, value));
  }
  return lines.filter((line) => line !== undefined).join("\n") + "\n";
}

// Java reads the file as Latin-1; other letters have to be escaped. A backslash at the end of the file
// would carry over what is added behind it.
function isFit(asWritten: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(asWritten) && !asWritten.endsWith("\\");
}
