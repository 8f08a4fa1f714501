import { loadZooCfg } from "../../config/conf_file.ts";
import { type EmbeddedZooCfg, resolveEmbeddedZooCfg } from "../../config/embedded_zoo_cfg.ts";
import { claimDataFolder } from "../../daemon/quorum/data_folder.ts";
import { runZooKeeperServer } from "../../daemon/zookeeper_server/zookeeper_server.ts";
import { findFolders, loadFor } from "../configuration_files.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";
import { embeddedPlace, tellPlace } from "../zoo_folders.ts";
import { liveAsDaemon } from "./daemon.ts";

const DEFAULT_PEER_ID = 0;

/** Runs the embedded ZooKeeper server until it is told to stop. */
export async function zookeeper(options: Options, context: CommandContext): Promise<number> {
  const { zooCfg, folder } = await prepare(options, context);
  const { configuration, warnings } = await loadFor(options, context);
  const start = {
    configuration,
    warnings: [...warnings, ...zooCfg.warnings],
    facts: { dataFolder: folder },
  };
  return await liveAsDaemon(
    "zookeeper",
    start,
    context,
    (daemon) => (signal) => runZooKeeperServer({ ...daemon, zooCfg, folder }, signal),
  );
}

/** Makes the data folder this server's, or refuses; a mistake in zoo.cfg is told before. */
async function prepare(
  options: Options,
  context: CommandContext,
): Promise<{ zooCfg: EmbeddedZooCfg; folder: string }> {
  const { confDir, homeDir } = findFolders(options, context);
  const parsed = await loadZooCfg(confDir, { homeDir });
  const wantedId = options.integer("peer-id", 255);
  const zooCfg = resolveEmbeddedZooCfg(parsed, wantedId);
  const peerId = wantedId ?? parsed.servers[0]?.id ?? DEFAULT_PEER_ID;
  const { dataDir, folder } = await embeddedPlace(parsed, { peerId, homeDir }, context);
  const isNew = await claimDataFolder(dataDir, peerId);
  if (isNew) tellPlace(parsed, { peerId, dataDir }, context);
  return { zooCfg, folder };
}
