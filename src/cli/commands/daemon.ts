import type { Service } from "../../async/run_together.ts";
import { formatProblem } from "../../config/config_error.ts";
import type { Configuration, LoadedConfiguration } from "../../config/configuration.ts";
import { requireLease } from "../../daemon/lease_check.ts";
import { liveUntilStopped } from "../../daemon/lifetime.ts";
import { writeReadyFile } from "../../daemon/ready_file.ts";
import { ServiceManager } from "../../daemon/service_manager.ts";
import { VERSION } from "../../daemon/version.ts";
import { createLogger, type Logger } from "../../log/logger.ts";
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
  const { configuration } = loaded;
  const warnings = [...loaded.warnings, ...requireLease(loaded)];
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
  logStart({ ...loaded, warnings }, logger);
  const { shutdownTimeoutMs } = configuration;
  return await liveUntilStopped(service, {
    shutdownTimeoutMs,
    logger,
    exit: (code) => context.exit(code),
    onStopping: () => serviceManager.stopping({ withinMs: shutdownTimeoutMs }),
  });
}

function logStart({ configuration, warnings }: LoadedConfiguration, logger: Logger): void {
  const { mode, clusterId } = configuration.highAvailability;
  logger.info("starting", { version: VERSION, pid: Deno.pid, mode: mode.kind, clusterId });
  for (const warning of warnings) {
    logger.warn("doubtful configuration", { problem: formatProblem(warning) });
  }
}
