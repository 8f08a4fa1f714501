import { loadMasters, loadWorkers, loadZooCfg } from "../../config/conf_file.ts";
import type { Login } from "../../config/login.ts";
import { loadLogins } from "../../config/logins.ts";
import { requireLease } from "../../daemon/lease_check.ts";
import { currentUser, localHostTest } from "../../daemon/local_host.ts";
import { findFolders, loadFor } from "../configuration_files.ts";
import { EXIT_OK } from "../exit_code.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";

type Entry = Login & { readonly host: string };

/** Prints a line per master: host, web UI port, whether it is this machine, user and port of ssh. */
export async function masters(options: Options, context: CommandContext): Promise<number> {
  const loaded = await loadFor(options, context);
  const { rest } = loaded.configuration;
  // The scripts ask for this list first: what no master could lead with is told before one starts.
  requireLease(loaded);
  const { confDir } = findFolders(options, context);
  const entries = await loadMasters(confDir, { defaultPort: rest.port });
  const reach = await reachOf(entries);
  return print(
    entries.map((entry) => {
      const { host, webuiPort = rest.port } = entry;
      return { host, webuiPort, ...reach(entry) };
    }),
    options,
    context,
  );
}

/** Prints a line per worker: host, whether it is this machine, user and port of ssh. */
export async function workers(options: Options, context: CommandContext): Promise<number> {
  const entries = await loadWorkers(findFolders(options, context).confDir);
  const reach = await reachOf(entries);
  return print(entries.map((entry) => ({ host: entry.host, ...reach(entry) })), options, context);
}

/**
 * Prints a line per server of the quorum: id, host, whether it is this machine, and user and port
 * of ssh, as conf/masters or conf/workers have them for that host.
 */
export async function quorumServers(options: Options, context: CommandContext): Promise<number> {
  const { confDir, homeDir } = findFolders(options, context);
  const { servers } = await loadZooCfg(confDir, { homeDir });
  const loginOf = await loadLogins(confDir);
  const entries = servers.map(({ id, host }) => ({ id, host, ...loginOf(host) }));
  const reach = await reachOf(entries);
  return print(
    entries.map((entry) => ({ id: entry.id, host: entry.host, ...reach(entry) })),
    options,
    context,
  );
}

type Fields = Readonly<Record<string, string | number | null>>;

/** For scripts a line each, its fields in their order and `-` for none; for other programs JSON. */
function print(rows: readonly Fields[], options: Options, context: CommandContext): number {
  if (options.flag("json")) context.print(JSON.stringify(rows));
  else for (const row of rows) context.print(Object.values(row).map((it) => it ?? "-").join("\t"));
  return EXIT_OK;
}

// Another user's daemons are started as that user, on this machine too: over ssh.
async function reachOf(entries: readonly Entry[]): Promise<(entry: Entry) => Fields> {
  const isLocal = localHostTest();
  const isAsked = entries.some(({ host, user }) => user !== undefined && isLocal(host));
  const me = isAsked ? await currentUser() : undefined;
  return ({ host, user, sshPort }) => {
    const isHere = isLocal(host) && (user === undefined || user === me);
    return { reach: isHere ? "local" : "remote", user: user ?? null, sshPort: sshPort ?? null };
  };
}
