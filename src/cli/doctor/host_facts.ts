import type { LoadedConfiguration } from "../../config/configuration.ts";
import { checkServerTicks, requireLease } from "../../daemon/lease_check.ts";
import { findConfFile, loadZooCfg } from "../../config/conf_file.ts";
import { formatProblem } from "../../config/config_error.ts";
import type { HostFacts, MasterFacts } from "../../daemon/doctor/facts.ts";
import type { Folders } from "../configuration_files.ts";
import { fullDisks } from "./disk_space.ts";
import { fullRanges, takenPorts } from "./local_ports.ts";

/** Looks at this host: what its masters would need, and what the configuration says. */
export async function lookAtHost(
  loaded: LoadedConfiguration,
  { masters, folders, signal }: {
    masters: readonly MasterFacts[];
    folders: Folders;
    signal: AbortSignal;
  },
): Promise<HostFacts> {
  const { configuration } = loaded;
  const missing = masters.filter(({ isLocal, isListed, answer }) =>
    isLocal && isListed && answer.kind !== "master"
  );
  const { env: { pidDir, logDir }, highAvailability: { storageDir } } = configuration;
  const paths = [pidDir, logDir, ...(storageDir?.scheme === "file" ? [storageDir.path] : [])];
  return {
    name: Deno.hostname(),
    takenPorts: takenPorts(configuration, missing),
    fullRanges: fullRanges(configuration, missing.length),
    fullDisks: await fullDisks(paths, { signal }),
    warnings: await warningsOf(loaded, folders),
  };
}

/** @throws {ConfigError} if it cannot be used */
async function warningsOf(loaded: LoadedConfiguration, folders: Folders): Promise<string[]> {
  const { confDir } = folders;
  const zooCfg = await findConfFile(confDir, "zoo.cfg") && await loadZooCfg(confDir, folders);
  return [
    ...loaded.warnings,
    ...requireLease(loaded),
    ...(zooCfg === undefined ? [] : checkServerTicks(loaded, zooCfg)),
  ].map(formatProblem);
}
