import { posix } from "node:path";
import { ConfigError } from "./config_error.ts";
import { type MastersEntry, parseMasters } from "./masters.ts";
import { parseWorkers, type WorkersEntry } from "./workers.ts";
import { parseZooCfg, type ZooCfg } from "./zoo_cfg.ts";

/** A file of the configuration folder. */
export interface ConfFile {
  /** As messages name it, `conf/masters`. */
  readonly file: string;
  readonly text: string;
}

/** Reads conf/masters; `defaultPort` is the one of lines that name none. */
export async function loadMasters(
  confDir: string,
  options: { defaultPort?: number } = {},
): Promise<MastersEntry[]> {
  const content = "one host:port per line, for example localhost:8081";
  const { text, file } = await readConfFile(confDir, "masters", content);
  return parseMasters(text, file, options);
}

/** Reads conf/workers. */
export async function loadWorkers(confDir: string): Promise<WorkersEntry[]> {
  const { text, file } = await readConfFile(confDir, "workers", "one host per line");
  return parseWorkers(text, file);
}

/** Reads conf/zoo.cfg; a relative `dataDir` counts from the installation folder. */
export async function loadZooCfg(confDir: string, options: { homeDir: string }): Promise<ZooCfg> {
  const content = "lines such as server.1=localhost:2888:3888";
  const { text, file } = await readConfFile(confDir, "zoo.cfg", content);
  return parseZooCfg(text, file, { baseDir: options.homeDir });
}

/** Reads a file that has to be there; `content` tells a newcomer what belongs into it. */
export async function readConfFile(
  confDir: string,
  name: string,
  content: string,
): Promise<ConfFile> {
  const found = await findConfFile(confDir, name);
  if (found !== undefined) return found;
  const message = `no such file in ${confDir}; create it with ${content}`;
  throw new ConfigError([{ file: displayName(confDir, name), message }]);
}

/** Reads a file if it is there. */
export async function findConfFile(confDir: string, name: string): Promise<ConfFile | undefined> {
  const file = displayName(confDir, name);
  try {
    const bytes = await Deno.readFile(posix.join(confDir, name));
    return { file, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new ConfigError([{ file, message: unreadable(error, confDir) }], { cause: error });
  }
}

/** How messages name a file of the configuration folder: with the folder, without what is above. */
export function displayName(confDir: string, name: string): string {
  return posix.join(posix.basename(posix.resolve(confDir)), name);
}

function unreadable(error: unknown, confDir: string): string {
  if (error instanceof TypeError) return "is not UTF-8 text; save it as UTF-8";
  const fact = error instanceof Error ? error.message : String(error);
  return `cannot be read in ${confDir} (${fact}); make it a file that this user may read`;
}
