import { join, resolve } from "node:path";
import { loadConfiguration, type LoadedConfiguration } from "../config/configuration.ts";
import type { Options } from "./options.ts";
import type { CommandContext } from "./command_context.ts";

/** Where an installation lies, and where its configuration. */
export interface Folders {
  /** Absolute. */
  confDir: string;
  /** Absolute; relative paths of the configuration start here. */
  homeDir: string;
}

/** The folders that options and environment name; the environment of Flink's scripts counts, too. */
export function findFolders(options: Options, context: CommandContext): Folders {
  const { environment: { MASTERD_HOME, MASTERD_CONF_DIR, FLINK_CONF_DIR } } = context;
  const named = options.text("config-dir") || MASTERD_CONF_DIR || FLINK_CONF_DIR;
  const confDir = resolve(context.workingDirectory, named || join(MASTERD_HOME || ".", "conf"));
  const homeDir = resolve(context.workingDirectory, MASTERD_HOME || join(confDir, ".."));
  return { confDir, homeDir };
}

/** The configuration as file, environment and options give it together. */
export function loadFor(options: Options, context: CommandContext): Promise<LoadedConfiguration> {
  return loadConfiguration({
    ...findFolders(options, context),
    environment: context.environment,
    dynamicProperties: options.list("property"),
    zookeeperNamespace: options.text("zookeeperNamespace"),
  });
}
