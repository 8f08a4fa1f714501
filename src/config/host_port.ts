import { invalidValue } from "./config_error.ts";

const MAX_NAME = 253;

/** Where something listens; an IPv6 host stands without its brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Writes `host:port`, an IPv6 host in brackets. */
export function formatHostPort({ host, port }: HostPort): string {
  return `${formatHost(host)}:${port}`;
}

/** Writes a host so that a port can follow: IPv6 in brackets. */
export function formatHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** Reads `host:port`, or `host` alone where there is a default port; IPv6 needs brackets. */
export function parseHostPort(text: string, options: { defaultPort?: number } = {}): HostPort {
  const { defaultPort } = options;
  const { host, port = defaultPort } = splitHostPort(text, { examplePort: defaultPort });
  if (port !== undefined) return { host, port };
  throw invalidValue(
    text,
    `${JSON.stringify(text)} has no port; write host:port, for example ${formatHost(host)}:8081`,
  );
}

/** Reads a list of `host:port`, separated by commas. */
export function parseHostPorts(text: string): HostPort[] {
  return text.split(",").map((part) => parseHostPort(part.trim()));
}

/** Reads `host` or `host:port` where the caller decides what a missing port means. */
export function splitHostPort(
  text: string,
  options: { examplePort?: number } = {},
): { host: string; port?: number } {
  const { examplePort = 8081 } = options;
  const { host, portText } = cutPort(text);
  if (host === "") {
    throw invalidValue(
      text,
      `${JSON.stringify(text)} has no host; write host:port, for example localhost:${examplePort}`,
    );
  }
  const valid = text.startsWith("[") ? parseIPv6(host, text) : parseHostName(host, text);
  if (portText === undefined) return { host: valid };
  if (portText === "") {
    throw invalidValue(
      text,
      `${JSON.stringify(text)} has no port after the colon; write host:port, ` +
        `for example ${formatHost(host)}:${examplePort}`,
    );
  }
  return { host: valid, port: parsePort(portText) };
}

/** Reads a port number; 0 is accepted only where any port would do. */
export function parsePort(text: string, limits: { min: 0 | 1 } = { min: 0 }): number {
  const { min } = limits;
  if (!/^\d+$/.test(text)) {
    throw invalidValue(
      text,
      `${JSON.stringify(text)} is not a port; write a number from ${min} to 65535`,
    );
  }
  const port = Number(text);
  if (port >= min && port <= 65535) return port;
  throw invalidValue(text, `port ${text} is out of range; write a number from ${min} to 65535`);
}

/** Reads a host where no port can follow; brackets around an IPv6 address may be left out. */
export function parseHost(text: string): string {
  const bracketed = /^\[(.*)\]$/.exec(text);
  if (bracketed) return parseIPv6(bracketed[1]!, text);
  return isIPv6(text) ? text : parseHostName(text, text);
}

/** Whether the text is an IPv6 address without brackets and without a zone. */
export function isIPv6(text: string): boolean {
  return /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text) && URL.canParse(`http://[${text}]/`);
}

function cutPort(text: string): { host: string; portText?: string } {
  if (text.startsWith("[")) {
    const match = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
    if (match) return { host: match[1]!, portText: match[2] };
    throw invalidValue(
      text,
      `${JSON.stringify(text)} is not an address in brackets; write [address]:port`,
    );
  }
  const [host = "", portText, ...more] = text.split(":");
  if (more.length === 0) return { host, portText };
  if (isIPv6(text)) {
    throw invalidValue(
      text,
      `${
        JSON.stringify(text)
      } is an IPv6 address without brackets; write [${text}] or [${text}]:port`,
    );
  }
  throw invalidValue(text, `${JSON.stringify(text)} has more than one colon; write host:port`);
}

function parseIPv6(address: string, text: string): string {
  if (isIPv6(address)) return address;
  throw invalidValue(
    text,
    `${JSON.stringify(text)} holds no IPv6 address in its brackets; write for example [::1]:8081`,
  );
}

// Hosts become arguments of ssh and words of a shell: nothing but the letters of a host name may
// pass, and a leading dash would be taken for an option.
function parseHostName(host: string, text: string): string {
  if (host.includes("@")) {
    throw invalidValue(
      text,
      `${JSON.stringify(text)} names a user, which is not supported; write the host alone`,
    );
  }
  if (host.length > MAX_NAME) {
    throw invalidValue(
      text,
      `"${host.slice(0, 40)}…" has ${host.length} characters; a host name has at most ${MAX_NAME}`,
    );
  }
  const isName = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(host) && !host.includes("..");
  if (!isName) {
    throw invalidValue(
      text,
      `${JSON.stringify(host)} is not a host; write a name of letters, digits, ".", "-" and "_", ` +
        `or an IP address`,
    );
  }
  if (/^[\d.]+$/.test(host) && !isIPv4(host)) {
    throw invalidValue(
      text,
      `${JSON.stringify(host)} is not an IPv4 address; write four numbers from 0 to 255`,
    );
  }
  return host;
}

// With a leading zero a number is octal for ssh, and decimal for Java.
function isIPv4(host: string): boolean {
  const parts = host.split(".");
  return parts.length === 4 &&
    parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}
