import { displayName, loadMasters } from "../../config/conf_file.ts";
import { ConfigError } from "../../config/config_error.ts";
import type { Configuration } from "../../config/configuration.ts";
import { runJobmanager } from "../../daemon/jobmanager.ts";
import { localHostTest } from "../../daemon/local_host.ts";
import {
  type AddressRequest,
  type NodeAddress,
  possibleAddresses,
} from "../../daemon/node_address.ts";
import { findFolders } from "../configuration_files.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";
import { runDaemon } from "./daemon.ts";

/** Runs a master until it is told to stop. */
export function jobmanager(options: Options, context: CommandContext): Promise<number> {
  const request = { host: options.host("host"), webuiPort: options.integer("webui-port", 65535) };
  const { confDir } = findFolders(options, context);
  return runDaemon("jobmanager", options, context, async (daemon) => {
    const addresses = await findAddresses(request, daemon.configuration, confDir);
    const sessionFile = context.environment.MASTERD_SESSION_FILE || undefined;
    return (signal) => runJobmanager({ ...daemon, addresses, sessionFile }, signal);
  });
}

async function findAddresses(
  request: AddressRequest,
  configuration: Configuration,
  confDir: string,
): Promise<NodeAddress[]> {
  const isStandalone = configuration.highAvailability.mode.kind === "none";
  const isComplete = request.host !== undefined && request.webuiPort !== undefined;
  const masters = isStandalone || isComplete
    ? []
    : await loadMasters(confDir, { defaultPort: configuration.rest.port });
  const isLocal = localHostTest();
  const addresses = possibleAddresses(request, { configuration, masters, isLocal });
  if (addresses.length > 0) return addresses;
  const wanted = request.webuiPort === undefined ? "" : ` with port ${request.webuiPort}`;
  throw new ConfigError([{
    file: displayName(confDir, "masters"),
    message: `no line${wanted} names this host (${Deno.hostname()}): ` +
      "add one, or give --host and --webui-port",
  }]);
}
