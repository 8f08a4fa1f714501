import { isLocalHost } from "../config/locality.ts";

/** A test whether a name or address of the configuration means the machine this runs on. */
export function localHostTest(): (host: string) => boolean {
  const identity = {
    hostname: Deno.hostname(),
    addresses: Deno.networkInterfaces().map(({ address }) => address),
  };
  return (host) => isLocalHost(host, identity);
}
