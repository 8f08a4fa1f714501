import { isIPv6 } from "./host_port.ts";

/** Whether the host, as a masters or workers file writes it, is this machine. */
export function isLocalHost(
  host: string,
  machine: { hostname: string; addresses: readonly string[] },
): boolean {
  const wanted = normalHost(host);
  if (wanted === "localhost" || wanted === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(wanted)) {
    return true;
  }
  const hostname = normalHost(machine.hostname);
  if (wanted === hostname || wanted === hostname.split(".", 1)[0]) return true;
  return machine.addresses.some((address) => normalHost(address) === wanted);
}

/** The host in the form in which two names that mean the same are equal. */
// An IPv6 address can be written in several ways; the URL parser knows the one normal form.
export function normalHost(host: string): string {
  return isIPv6(host) ? new URL(`http://[${host}]/`).hostname : host.toLowerCase();
}
