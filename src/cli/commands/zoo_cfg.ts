import { join } from "node:path";
import { completeZooCfg } from "../../config/completed_zoo_cfg.ts";
import { formatProblem } from "../../config/config_error.ts";
import { loadZooCfg } from "../../config/conf_file.ts";
import { resolveEmbeddedZooCfg } from "../../config/embedded_zoo_cfg.ts";
import { parseServerChoice } from "../../config/zookeeper_server.ts";
import { parseJavaProperties } from "../../config/java_properties.ts";
import { clientListener, findZooServer, type ZooCfg } from "../../config/zoo_cfg.ts";
import { isWildcard } from "../../config/zoo_ports.ts";
import { claimDataFolder, isOwnFolder, replaceFile } from "../../daemon/quorum/data_folder.ts";
import { chooseServer, type ServerKind } from "../../daemon/zookeeper_server/server_choice.ts";
import { refuseEmbeddedData } from "../../daemon/zookeeper_server/embedded_folder.ts";
import { findFolders } from "../configuration_files.ts";
import { EXIT_OK } from "../exit_code.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";
import { UsageError } from "../usage_error.ts";
import { embeddedPlace, foldersOf, tellPlace, warnOfFolder } from "../zoo_folders.ts";

/** Servers with several addresses. */
const MULTI_ADDRESS = "multiAddress.enabled";

/** Prints the file that one ZooKeeper peer is started with, or one setting of it, or prepares its start. */
export async function zooCfg(options: Options, context: CommandContext): Promise<number> {
  const { confDir, homeDir } = findFolders(options, context);
  const peerId = options.integer("peer-id", 255);
  const wanted = options.text("server");
  if (peerId === undefined && wanted === undefined) {
    throw new UsageError("--peer-id N is missing: the N of server.N");
  }
  const parsed = await loadZooCfg(confDir, { homeDir });
  const server = wanted === undefined ? "apache" : await serverOf(parsed, wanted, context);
  if (peerId === undefined) {
    context.print(server);
  } else if (!options.flag("install")) {
    const folders = await foldersOf(parsed, { peerId, homeDir, isInstalled: false });
    const completed = completeZooCfg(parsed, { peerId, ...folders });
    const field = options.text("field");
    context.print(field === undefined ? completed.trimEnd() : settingOf(completed, field));
  } else if (server === "embedded") {
    await checkEmbedded(parsed, { peerId, homeDir, context });
    // It tells that it is ready by the file of every daemon.
    context.print("server\tembedded");
  } else {
    await install(parsed, { peerId, homeDir, context });
  }
  return EXIT_OK;
}

async function serverOf(
  { servers }: ZooCfg,
  wanted: string,
  { environment }: CommandContext,
): Promise<ServerKind> {
  return await chooseServer(parseServerChoice(wanted), {
    serverCount: servers.length,
    zookeeperHome: environment.ZOOKEEPER_HOME,
  });
}

/** Says what the server would say in its log only; it claims its folder itself. */
async function checkEmbedded(
  zooCfg: ZooCfg,
  { peerId, homeDir, context }: { peerId: number; homeDir: string; context: CommandContext },
): Promise<void> {
  const { warnings } = resolveEmbeddedZooCfg(zooCfg, peerId);
  for (const warning of warnings) context.printError(`warning: ${formatProblem(warning)}`);
  const { dataDir } = await embeddedPlace(zooCfg, { peerId, homeDir }, context);
  if (!await isOwnFolder(dataDir, peerId)) tellPlace(zooCfg, { peerId, dataDir }, context);
}

async function install(
  zooCfg: ZooCfg,
  { peerId, homeDir, context }: { peerId: number; homeDir: string; context: CommandContext },
): Promise<void> {
  const folders = await foldersOf(zooCfg, { peerId, homeDir, isInstalled: true });
  const { dataDir, dataLogDir } = folders;
  const completed = completeZooCfg(zooCfg, { peerId, ...folders });
  warnOfFolder(zooCfg, { homeDir, dataDir }, context);
  await refuseEmbeddedData(dataDir);
  const isNew = await claimDataFolder(dataDir, peerId);
  if (dataLogDir !== undefined) await claimDataFolder(dataLogDir, peerId);
  if (isNew) tellPlace(zooCfg, { peerId, dataDir }, context);
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
