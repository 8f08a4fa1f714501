import { join } from "node:path";
import type { Configuration } from "../../config/configuration.ts";
import type { StorageUrl } from "../../config/storage_url.ts";
import type { Logger } from "../../log/logger.ts";
import { isStorageError } from "../../storage/errors.ts";
import { openStorage, type StorageLocation } from "../../storage/open.ts";
import type { Storage } from "../../storage/storage.ts";
import { StartError } from "../start_error.ts";

/** The folder of a cluster below the storage directory, which other clusters may share. */
export function clusterLocation(
  { scheme, url, path }: StorageUrl,
  clusterId: string,
): StorageLocation {
  const below = clusterId === "/" ? "" : clusterId;
  const withoutEnd = (text: string) => text.replace(/\/$/, "");
  return {
    scheme,
    url: `${withoutEnd(url)}${below}`,
    path: `${withoutEnd(path)}${below}` || "/",
  };
}

/**
 * Opens the storage of the configured cluster; asks no server yet. Undefined where no state is kept.
 * @throws {StartError} if it cannot be used as it is configured
 */
export async function openClusterStorage(
  { highAvailability: { mode, clusterId, storageDir }, storage }: Pick<
    Configuration,
    "highAvailability" | "storage"
  >,
  logger: Logger,
): Promise<Storage | undefined> {
  if (mode.kind !== "zookeeper" || storageDir === undefined) return undefined;
  try {
    return await openStorage(clusterLocation(storageDir, clusterId), { ...storage, logger });
  } catch (error) {
    if (!isStorageError(error, "misconfigured")) throw error;
    throw new StartError("Cannot use high-availability.storageDir", { cause: error });
  }
}

/** Where the token of a leadership is written, for the master with this web UI port. */
export function tokenPath(pidDir: string, webuiPort: number): string {
  return join(pidDir, `masterd-${Deno.hostname()}-${webuiPort}.token`);
}
