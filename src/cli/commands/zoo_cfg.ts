import { join } from "node:path";
import { loadZooCfg } from "../../config/conf_file.ts";
import { completeZooCfg, parseZooCfg } from "../../config/zoo_cfg.ts";
import { findFolders } from "../configuration_files.ts";
import { EXIT_OK } from "../exit_code.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";
import { UsageError } from "../usage_error.ts";

/** Prints the file that one ZooKeeper peer is started with, or one setting of it. */
export async function zooCfg(options: Options, context: CommandContext): Promise<number> {
  const folders = findFolders(options, context);
  const peerId = options.integer("peer-id", 255);
  if (peerId === undefined) throw new UsageError("--peer-id N is missing: the N of server.N");
  const parsed = await loadZooCfg(folders.confDir, folders);
  const defaultDataDir = join(folders.homeDir, "state", `zookeeper-${peerId}`);
  const completed = completeZooCfg(parsed, { peerId, defaultDataDir });
  const field = options.text("field");
  context.print(field === undefined ? completed.trimEnd() : settingOf(completed, field));
  return EXIT_OK;
}

function settingOf(completed: string, field: string): string {
  const { settings } = parseZooCfg(completed, "zoo.cfg");
  const value = settings.get(field);
  if (value !== undefined) return value;
  const names = [...settings.keys()].join(", ");
  throw new UsageError(`--field ${field} is no setting of zoo.cfg: there are ${names}`);
}
