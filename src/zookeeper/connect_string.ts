import { InvalidArgumentError } from "./errors.ts";
import { validatePath } from "./paths.ts";

/** ZooKeeper's port for clients. */
export const DEFAULT_PORT = 2181;

/** A server as configured; an IPv6 address stands without its brackets. */
export interface Server {
  /** Name or address. */
  hostname: string;
  /** Port for clients. */
  port: number;
}

/** Servers of an ensemble, and the path below which everything happens ("" for none). */
export interface ConnectString {
  /** In the order of the text. */
  servers: readonly Server[];
  /** A path without a slash at its end, or "". */
  chroot: string;
}

/**
 * Reads `host1:port,[::1]:port,host3/chroot`; the port may be left out, blanks around commas count
 * for nothing.
 * @throws {InvalidArgumentError}
 */
export function parseConnectString(text: string): ConnectString {
  const slash = text.indexOf("/");
  const hosts = slash < 0 ? text : text.slice(0, slash);
  const chroot = slash < 0 ? "" : text.slice(slash).trim().replace(/^\/$/, "");
  if (chroot !== "") validatePath(chroot);
  const servers = hosts.split(",").map((item) => parseServer(item.trim()));
  return { servers, chroot };
}

/** `host:port`, with brackets around IPv6. */
export function formatServer({ hostname, port }: Server): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

function parseServer(text: string): Server {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]]+))(?::(\d+))?$/.exec(text);
  if (match === null) {
    throw new InvalidArgumentError(
      `Cannot read server ${JSON.stringify(text)}: write host:port, or [address]:port for IPv6`,
    );
  }
  const port = match[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  if (port < 1 || port > 65535) {
    throw new InvalidArgumentError(`Cannot read server ${text}: ports are 1 to 65535`);
  }
  return { hostname: match[1] ?? match[2] ?? "", port };
}
