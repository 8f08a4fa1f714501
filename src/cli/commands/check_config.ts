import { findConfFile, loadMasters, loadWorkers, loadZooCfg } from "../../config/conf_file.ts";
import { ConfigError, formatProblem, type Problem } from "../../config/config_error.ts";
import type { LoadedConfiguration } from "../../config/configuration.ts";
import { type EmbeddedZooCfg, resolveEmbeddedZooCfg } from "../../config/embedded_zoo_cfg.ts";
import type { ZooCfg } from "../../config/zoo_cfg.ts";
import { chooseServer } from "../../daemon/zookeeper_server/server_choice.ts";
import { checkLease, checkServerTicks, summarizeLease } from "../../daemon/lease_check.ts";
import { findFolders, type Folders, loadFor } from "../configuration_files.ts";
import { EXIT_CONFIGURATION, EXIT_OK } from "../exit_code.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";

/** Prints the effective configuration with the origin of each value, or everything wrong with it. */
export async function checkConfig(options: Options, context: CommandContext): Promise<number> {
  const problems: Problem[] = [];
  const collect = collector(problems);
  const loaded = await collect(loadFor(options, context));
  const lease = loaded && checkLease(loaded);
  problems.push(...lease?.problems ?? []);
  const zooCfg = await checkHostFiles(findFolders(options, context), loaded, collect);
  const server = zooCfg && loaded && await collect(checkServer(loaded, zooCfg, context));
  const warnings = [
    ...loaded?.warnings ?? [],
    ...lease?.warnings ?? [],
    ...loaded && zooCfg ? checkServerTicks(loaded, zooCfg) : [],
    ...server?.warnings ?? [],
  ];
  const summary = loaded && summarizeLease(loaded);
  if (options.flag("json")) {
    const settings = loaded?.settings ?? [];
    context.print(JSON.stringify({ settings, lease: summary ?? null, warnings, problems }));
  } else if (problems.length === 0) {
    for (const { key, value, origin, hasEffect } of loaded?.settings ?? []) {
      context.print(`${key}: ${value}  # ${origin}${hasEffect ? "" : ", no effect here"}`);
    }
    if (summary) {
      const { heldMs, marginMs, longestStopGraceMs } = summary;
      context.print(
        `# lease: a leader is sure of ${heldMs} ms (margin ${marginMs} ms); ` +
          `stop grace at most ${longestStopGraceMs} ms`,
      );
    }
  }
  for (const warning of warnings) context.printError(`warning: ${formatProblem(warning)}`);
  for (const problem of problems) context.printError(formatProblem(problem));
  return problems.length === 0 ? EXIT_OK : EXIT_CONFIGURATION;
}

type Collect = <T>(reading: Promise<T>) => Promise<T | undefined>;

function collector(problems: Problem[]): Collect {
  return async (reading) => {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
}

/** What a server thinks of zoo.cfg that is ours; Apache's say it themselves. */
async function checkServer(
  { configuration: { zookeeper } }: LoadedConfiguration,
  zooCfg: ZooCfg,
  { environment }: CommandContext,
): Promise<EmbeddedZooCfg | undefined> {
  const server = await chooseServer(zookeeper.server, {
    serverCount: zooCfg.servers.length,
    zookeeperHome: environment.ZOOKEEPER_HOME,
  });
  return server === "embedded" ? resolveEmbeddedZooCfg(zooCfg, undefined) : undefined;
}

async function checkHostFiles(
  folders: Folders,
  loaded: LoadedConfiguration | undefined,
  collect: Collect,
): Promise<ZooCfg | undefined> {
  const { confDir } = folders;
  const mode = loaded?.configuration.highAvailability.mode.kind;
  // Without high availability the masters file is not read, and it need not be there.
  if (mode !== "none") {
    await collect(loadMasters(confDir, { defaultPort: loaded?.configuration.rest.port }));
  }
  await collect(loadWorkers(confDir));
  const zooCfg = await collect(findConfFile(confDir, "zoo.cfg"));
  return zooCfg && await collect(loadZooCfg(confDir, folders));
}
