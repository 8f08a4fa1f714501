import { join } from "node:path";
import type { DataFolders } from "../config/completed_zoo_cfg.ts";
import { findZooServer, type ZooCfg } from "../config/zoo_cfg.ts";
import { shareHost } from "../config/zoo_ports.ts";
import { localHostTest } from "../daemon/local_host.ts";
import { findDataFolder } from "../daemon/quorum/data_folder.ts";
import { embeddedFolder } from "../daemon/zookeeper_server/embedded_folder.ts";
import type { CommandContext } from "./command_context.ts";

/** What is emptied sooner or later; a server that forgot what it acknowledged can undo it for all. */
const TEMPORARY = /^\/(?:tmp|var\/tmp|dev\/shm|run)(?:\/|$)/;

/** Where one server's data lies on this host. */
export async function foldersOf(
  zooCfg: ZooCfg,
  { peerId: id, homeDir, isInstalled }: { peerId: number; homeDir: string; isInstalled: boolean },
): Promise<DataFolders> {
  const peer = findZooServer(zooCfg, id);
  const isLocal = localHostTest();
  // Where it is installed is its host, whatever the file calls it.
  const isHere = isInstalled || (peer !== undefined && isLocal(peer.host));
  const hasNeighbours = peer !== undefined &&
    zooCfg.servers.some((other) =>
      other !== peer && (shareHost(peer, other) || isHere && isLocal(other.host))
    );
  const ownFolder = (folder: string) => findDataFolder(folder, { id, hasNeighbours });
  const dataDir = zooCfg.dataDir === undefined
    ? join(homeDir, "state", `zookeeper-${id}`)
    : await ownFolder(zooCfg.dataDir);
  if (zooCfg.dataLogDir === undefined) return { dataDir };
  return { dataDir, dataLogDir: await ownFolder(zooCfg.dataLogDir) };
}

/**
 * Where the embedded server of this id has its data on this host, below `dataDir`; warns of what is emptied,
 * refuses what Apache ZooKeeper has written, and changes nothing.
 */
export async function embeddedPlace(
  zooCfg: ZooCfg,
  { peerId, homeDir }: { peerId: number; homeDir: string },
  context: CommandContext,
): Promise<{ dataDir: string; folder: string }> {
  const { dataDir } = await foldersOf(zooCfg, { peerId, homeDir, isInstalled: true });
  warnOfFolder(zooCfg, { homeDir, dataDir }, context);
  return { dataDir, folder: await embeddedFolder(dataDir) };
}

/** Says where the data of a new server lies that nobody has given a place. */
export function tellPlace(
  { file, dataDir: wanted }: ZooCfg,
  { peerId, dataDir }: { peerId: number; dataDir: string },
  context: CommandContext,
): void {
  if (wanted !== undefined) return;
  context.printError(`${file} names no dataDir: the data of server ${peerId} lies in ${dataDir}`);
}

/** Warns of a folder that is emptied sooner or later. */
export function warnOfFolder(
  { file }: ZooCfg,
  { homeDir, dataDir }: { homeDir: string; dataDir: string },
  context: CommandContext,
): void {
  if (!TEMPORARY.test(dataDir) || dataDir.startsWith(join(homeDir, "/"))) return;
  const danger = "is emptied sooner or later, and with it goes what the server has acknowledged";
  context.printError(`warning: ${file}: dataDir: ${dataDir} ${danger}`);
}
