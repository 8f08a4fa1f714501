import { loadMasters, loadWorkers, loadZooCfg } from "../../config/conf_file.ts";
import { requireLease } from "../../daemon/lease_check.ts";
import { localHostTest } from "../../daemon/local_host.ts";
import { findFolders, loadFor } from "../configuration_files.ts";
import { EXIT_OK } from "../exit_code.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";

/** Prints a line per master: host, web UI port, and whether it is this machine. */
export async function masters(options: Options, context: CommandContext): Promise<number> {
  const loaded = await loadFor(options, context);
  const { rest } = loaded.configuration;
  // The scripts ask for this list first: what no master could lead with is told before one starts.
  requireLease(loaded);
  const { confDir } = findFolders(options, context);
  const entries = await loadMasters(confDir, { defaultPort: rest.port });
  const place = placeOf();
  for (const { host, webuiPort = rest.port } of entries) {
    context.print([host, webuiPort, place(host)].join("\t"));
  }
  return EXIT_OK;
}

/** Prints a line per worker: host, and whether it is this machine. */
export async function workers(options: Options, context: CommandContext): Promise<number> {
  const entries = await loadWorkers(findFolders(options, context).confDir);
  const place = placeOf();
  for (const { host } of entries) context.print([host, place(host)].join("\t"));
  return EXIT_OK;
}

/** Prints a line per server of the quorum: id, host, and whether it is this machine. */
export async function quorumServers(options: Options, context: CommandContext): Promise<number> {
  const { confDir, homeDir } = findFolders(options, context);
  const { servers } = await loadZooCfg(confDir, { homeDir });
  const place = placeOf();
  for (const { id, host } of servers) context.print([id, host, place(host)].join("\t"));
  return EXIT_OK;
}

function placeOf(): (host: string) => "local" | "remote" {
  const isLocal = localHostTest();
  return (host) => isLocal(host) ? "local" : "remote";
}
