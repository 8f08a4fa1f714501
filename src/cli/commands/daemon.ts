import type { Service } from "../../async/run_together.ts";
import { formatProblem, type Problem } from "../../config/config_error.ts";
import type { Configuration } from "../../config/configuration.ts";
import { requireLease } from "../../daemon/lease_check.ts";
import { liveUntilStopped } from "../../daemon/lifetime.ts";
import { writeReadyFile } from "../../daemon/ready_file.ts";
import { ServiceManager } from "../../daemon/service_manager.ts";
import { VERSION } from "../../daemon/version.ts";
import { createLogger, type Fields, type Logger } from "../../log/logger.ts";
import { loadFor } from "../configuration_files.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";

/** What every daemon is given. */
export interface DaemonContext {
  configuration: Configuration;
  logger: Logger;
  /** Tells the script that started the process, if one did. */
  ready: (line: string) => Promise<void>;
  serviceManager: ServiceManager;
}

/** Loads the configuration, and then gives a daemon of this name its life; returns the exit code. */
export async function runDaemon(
  name: string,
  options: Options,
  context: CommandContext,
  daemon: (context: DaemonContext) => Service | Promise<Service>,
): Promise<number> {
  const loaded = await loadFor(options, context);
  const warnings = [...loaded.warnings, ...requireLease(loaded)];
  const { mode, clusterId } = loaded.configuration.highAvailability;
  const start = { ...loaded, warnings, facts: { mode: mode.kind, clusterId } };
  return await liveAsDaemon(name, start, context, daemon);
}

/** What a daemon begins with. */
export interface DaemonStart {
  configuration: Configuration;
  warnings: readonly Problem[];
  /** For the first line of its log. */
  facts?: Fields;
}

/** Gives a daemon of this name its life; returns the exit code. */
export async function liveAsDaemon(
  name: string,
  start: DaemonStart,
  context: CommandContext,
  daemon: (context: DaemonContext) => Service | Promise<Service>,
): Promise<number> {
  const { configuration } = start;
  const logger = createLogger(name, { level: configuration.env.logLevel });
  await using serviceManager = new ServiceManager(context.environment, logger);
  const readyFile = context.environment.MASTERD_READY_FILE;
  const service = await daemon({
    configuration,
    logger,
    ready: async (line) => {
      if (readyFile) await writeReadyFile(readyFile, line);
    },
    serviceManager,
  });
  logStart(start, logger);
  const { shutdownTimeoutMs } = configuration;
  return await liveUntilStopped(service, {
    shutdownTimeoutMs,
    logger,
    exit: (code) => context.exit(code),
    onStopping: () => serviceManager.stopping({ withinMs: shutdownTimeoutMs }),
  });
}

function logStart({ warnings, facts }: DaemonStart, logger: Logger): void {
  logger.info("starting", { version: VERSION, pid: Deno.pid, ...facts });
  for (const warning of warnings) {
    logger.warn("doubtful configuration", { problem: formatProblem(warning) });
  }
}
