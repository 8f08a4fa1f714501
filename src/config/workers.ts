import { invalidValue } from "./config_error.ts";
import { parseHostLines } from "./host_lines.ts";
import { formatHost, splitHostPort } from "./host_port.ts";
import type { Login } from "./login.ts";

/** A line of conf/workers: one worker on that host. */
export interface WorkersEntry extends Login {
  readonly host: string;
  readonly line: number;
}

/** Reads conf/workers; a host that is listed N times runs N workers. */
export function parseWorkers(text: string, file: string): WorkersEntry[] {
  return parseHostLines(text, file, (word, line): WorkersEntry => {
    const { host, port } = splitHostPort(word);
    if (port === undefined) return { host, line };
    throw invalidValue(
      word,
      `${JSON.stringify(word)} has a port, but a worker has none; write ${formatHost(host)}`,
    );
  });
}
