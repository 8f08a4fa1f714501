import { displayName, loadMasters } from "../../config/conf_file.ts";
import { ConfigError } from "../../config/config_error.ts";
import type { Configuration } from "../../config/configuration.ts";
import type { MastersEntry } from "../../config/masters.ts";
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
    const { configuration } = daemon;
    const masters = await readMasters(request, configuration, confDir);
    const addresses = findAddresses(request, { configuration, masters, confDir });
    const sessionFile = context.environment.MASTERD_SESSION_FILE || undefined;
    return (signal) =>
      runJobmanager({
        ...daemon,
        addresses,
        masters: masters?.map(({ host, webuiPort: port = configuration.rest.port }) => ({
          host,
          port,
        })),
        sessionFile,
      }, signal);
  });
}

/** The lines of conf/masters; undefined where there is no election, or nothing hangs on them and they cannot be read. */
async function readMasters(
  request: AddressRequest,
  configuration: Configuration,
  confDir: string,
): Promise<readonly MastersEntry[] | undefined> {
  if (configuration.highAvailability.mode.kind === "none") return undefined;
  const isComplete = request.host !== undefined && request.webuiPort !== undefined;
  const reading = loadMasters(confDir, { defaultPort: configuration.rest.port });
  return await (isComplete ? reading.catch(() => undefined) : reading);
}

function findAddresses(
  request: AddressRequest,
  { configuration, masters = [], confDir }: {
    configuration: Configuration;
    masters: readonly MastersEntry[] | undefined;
    confDir: string;
  },
): NodeAddress[] {
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
