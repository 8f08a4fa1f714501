import type { SessionCredentials } from "zookeeper";
import type { Configuration } from "../../config/configuration.ts";
import type { Logger } from "../../log/logger.ts";
import type { HighAvailabilityServices, SessionObserver } from "./services.ts";

export interface OpenOptions {
  logger: Logger;
  signal: AbortSignal;
  /** Told, before anything can be elected with it, of each session that is opened; must not throw. */
  onSession?: (credentials: SessionCredentials) => void;
  observer?: SessionObserver;
  /** When this process says that it was started; now unless told. */
  startedAt?: Date;
}

export type OpenServices = (options: OpenOptions) => Promise<HighAvailabilityServices>;

/**
 * Loads the code of the configured mode, and of no other. A factory module that cannot be loaded is
 * so told before its daemon has taken anything.
 */
export async function loadHighAvailability(configuration: Configuration): Promise<OpenServices> {
  const { mode } = configuration.highAvailability;
  switch (mode.kind) {
    case "none": {
      const { openStandaloneServices } = await import("./standalone.ts");
      return () => Promise.resolve(openStandaloneServices(configuration));
    }
    case "zookeeper": {
      const { openZooKeeperServices } = await import("./zookeeper.ts");
      return (options) => Promise.resolve(openZooKeeperServices(configuration, options));
    }
    case "module": {
      const { loadModuleFactory } = await import("./module.ts");
      const create = await loadModuleFactory(mode.specifier);
      return ({ logger, signal }) => create(configuration, { logger, signal });
    }
  }
}

/** Opens the services of the configured mode. */
export async function openHighAvailabilityServices(
  configuration: Configuration,
  options: OpenOptions,
): Promise<HighAvailabilityServices> {
  const open = await loadHighAvailability(configuration);
  return await open(options);
}
