import { ConfigError, invalidValue } from "./config_error.ts";
import { parseHostLines } from "./host_lines.ts";
import { splitHostPort } from "./host_port.ts";
import { normalHost } from "./locality.ts";
import type { Login } from "./login.ts";

/** A line of conf/masters. */
export interface MastersEntry extends Login {
  readonly host: string;
  /** Absent if the line names none: `rest.port` then holds. */
  readonly webuiPort?: number;
  readonly line: number;
}

/** Reads conf/masters; `defaultPort` lets a line without a port be seen as the duplicate it is. */
export function parseMasters(
  text: string,
  file: string,
  options: { defaultPort?: number } = {},
): MastersEntry[] {
  const lineOfMaster = new Map<string, number>();
  const entries = parseHostLines(text, file, (word, line): MastersEntry => {
    const { host, port } = splitHostPort(word);
    refuseDuplicate(lineOfMaster, { host, port: port ?? options.defaultPort, line }, word);
    return port === undefined ? { host, line } : { host, webuiPort: port, line };
  });
  if (entries.length > 0) return entries;
  const message = "lists no master; write one host:port per line, for example localhost:8081";
  throw new ConfigError([{ file, message }]);
}

function refuseDuplicate(
  lineOfMaster: Map<string, number>,
  master: { host: string; port?: number; line: number },
  word: string,
): void {
  // With port 0 each master gets a port of its own.
  if (master.port === 0) return;
  const name = `${normalHost(master.host)}:${master.port ?? ""}`;
  const earlier = lineOfMaster.get(name);
  if (earlier === undefined) {
    lineOfMaster.set(name, master.line);
    return;
  }
  throw invalidValue(
    word,
    `${
      JSON.stringify(word)
    } is a duplicate of line ${earlier}; give each master of a host its own port`,
  );
}
