import { findConfFile } from "./conf_file.ts";
import { parseHostLines } from "./host_lines.ts";
import { splitHostPort } from "./host_port.ts";
import type { Login } from "./login.ts";
import { normalHost } from "./locality.ts";

/** Finds how conf/masters and conf/workers, where they are there, want a host to be reached. */
export async function loadLogins(confDir: string): Promise<(host: string) => Login> {
  const logins = new Map<string, Login>();
  for (const name of ["masters", "workers"]) {
    const found = await findConfFile(confDir, name);
    if (found === undefined) continue;
    const entries = parseHostLines(found.text, found.file, splitHost);
    for (const { host, ...login } of entries) {
      const known = logins.get(normalHost(host));
      // The first entry that says anything counts.
      logins.set(normalHost(host), { ...login, ...known });
    }
  }
  return (host) => logins.get(normalHost(host)) ?? {};
}

function splitHost(word: string): { host: string } {
  return { host: splitHostPort(word).host };
}
