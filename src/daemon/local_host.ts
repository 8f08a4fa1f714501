import { isLocalHost } from "../config/locality.ts";

/** A test whether a name or address of the configuration means the machine this runs on. */
export function localHostTest(): (host: string) => boolean {
  const identity = {
    hostname: Deno.hostname(),
    addresses: Deno.networkInterfaces().map(({ address }) => address),
  };
  return (host) => isLocalHost(host, identity);
}

// Users may be kept on a server that does not answer.
const USER_LIMIT_MS = 10_000;

/** The name of the user this runs as, wherever the system keeps its users; undefined if it has none. */
export async function currentUser(): Promise<string | undefined> {
  const { success, stdout } = await new Deno.Command("id", {
    args: ["-un"],
    stderr: "null",
    signal: AbortSignal.timeout(USER_LIMIT_MS),
  }).output();
  return success ? new TextDecoder().decode(stdout).trim() : undefined;
}
