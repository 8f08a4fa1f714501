import { VERSION } from "../../daemon/version.ts";
import { findFolders, loadFor } from "../configuration_files.ts";
import { EXIT_OK } from "../exit_code.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";

/** Prints name and value of what the scripts need to know, one per line. */
export async function scriptEnv(options: Options, context: CommandContext): Promise<number> {
  const { configuration } = await loadFor(options, context);
  const { env, highAvailability, zookeeper } = configuration;
  const values = {
    ha: highAvailability.mode.kind,
    pid_dir: env.pidDir,
    log_dir: env.logDir,
    log_max: env.logMax,
    quorum_peers: zookeeper.servers.length,
    zookeeper_server: zookeeper.server,
    version: VERSION,
    config_dir: findFolders(options, context).confDir,
  };
  for (const [name, value] of Object.entries(values)) context.print(`${name}\t${value}`);
  for (const word of env.sshOptions) context.print(`ssh_option\t${word}`);
  return EXIT_OK;
}
