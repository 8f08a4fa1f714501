import { join } from "node:path";
import { completeZooCfg, type DataFolders } from "../../config/completed_zoo_cfg.ts";
import { loadZooCfg } from "../../config/conf_file.ts";
import { parseJavaProperties } from "../../config/java_properties.ts";
import { clientListener, findZooServer, type ZooCfg } from "../../config/zoo_cfg.ts";
import { isWildcard, shareHost } from "../../config/zoo_ports.ts";
import { localHostTest } from "../../daemon/local_host.ts";
import { claimDataFolder, findDataFolder, replaceFile } from "../../daemon/quorum/data_folder.ts";
import { findFolders } from "../configuration_files.ts";
import { EXIT_OK } from "../exit_code.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";
import { UsageError } from "../usage_error.ts";

/** What is emptied sooner or later; a server that forgot what it acknowledged can undo it for all. */
const TEMPORARY = /^\/(?:tmp|var\/tmp|dev\/shm|run)(?:\/|$)/;

/** Servers with several addresses. */
const MULTI_ADDRESS = "multiAddress.enabled";

/** Prints the file that one ZooKeeper peer is started with, or one setting of it, or prepares its start. */
export async function zooCfg(options: Options, context: CommandContext): Promise<number> {
  const { confDir, homeDir } = findFolders(options, context);
  const peerId = options.integer("peer-id", 255);
  if (peerId === undefined) throw new UsageError("--peer-id N is missing: the N of server.N");
  const parsed = await loadZooCfg(confDir, { homeDir });
  const isInstalled = options.flag("install");
  const folders = await foldersOf(parsed, { peerId, homeDir, isInstalled });
  const completed = completeZooCfg(parsed, { peerId, ...folders });
  if (isInstalled) {
    warnOfFolder(parsed, { homeDir, ...folders }, context);
    await install(completed, parsed, { peerId, folders, context });
    return EXIT_OK;
  }
  const field = options.text("field");
  context.print(field === undefined ? completed.trimEnd() : settingOf(completed, field));
  return EXIT_OK;
}

async function foldersOf(
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

function warnOfFolder(
  { file }: ZooCfg,
  { homeDir, dataDir }: { homeDir: string; dataDir: string },
  context: CommandContext,
): void {
  if (!TEMPORARY.test(dataDir) || dataDir.startsWith(join(homeDir, "/"))) return;
  const danger = "is emptied sooner or later, and a server without its data endangers the quorum";
  context.printError(`warning: ${file}: dataDir: ${dataDir} ${danger}`);
}

async function install(
  completed: string,
  zooCfg: ZooCfg,
  { peerId, folders, context }: {
    peerId: number;
    folders: DataFolders;
    context: CommandContext;
  },
): Promise<void> {
  const { dataDir, dataLogDir } = folders;
  const isNew = await claimDataFolder(dataDir, peerId);
  if (dataLogDir !== undefined) await claimDataFolder(dataLogDir, peerId);
  if (isNew && zooCfg.dataDir === undefined) {
    const place = `the data of server ${peerId} lies in ${dataDir}`;
    context.printError(`${zooCfg.file} names no dataDir: ${place}`);
  }
  const configFile = join(dataDir, "masterd-zoo.cfg");
  await replaceFile(configFile, completed);
  context.print(`config_file\t${configFile}`);
  for (const line of readiness(zooCfg, peerId)) context.print(line);
  // ZooKeeper reads the servers before it heeds this setting of the file.
  if (zooCfg.settings.get(MULTI_ADDRESS)?.toLowerCase() === "true") {
    context.print(`java_option\t-Dzookeeper.${MULTI_ADDRESS}=true`);
  }
}

// A port for TLS tells no more than that it is open, and a server that has to wait for others no more
// than that it runs.
function readiness(zooCfg: ZooCfg, peerId: number): string[] {
  const plain = clientListener(zooCfg, findZooServer(zooCfg, peerId));
  const { host, port } = plain ?? zooCfg.secureClient!;
  const address = host === undefined || isWildcard(host) ? "localhost" : host;
  const question = plain === undefined ? "-" : "srvr";
  const isAlone = zooCfg.servers.length <= 1;
  return [
    `ready_address\t${address}/${port}`,
    `ready_question\t${question}`,
    `ready_answer\t${isAlone && plain !== undefined ? "Zookeeper version" : "-"}`,
  ];
}

function settingOf(completed: string, field: string): string {
  const settings = new Map(parseJavaProperties(completed).map(({ key, value }) => [key, value]));
  const value = settings.get(field);
  if (value !== undefined) return value;
  const names = [...settings.keys()].join(", ");
  throw new UsageError(`--field ${field} is no setting of zoo.cfg: there are ${names}`);
}
