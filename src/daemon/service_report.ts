import { aborted } from "../async/abortable.ts";
import { runTogether } from "../async/run_together.ts";
import type { HighAvailabilityServices } from "./high_availability/services.ts";
import type { ServiceManager } from "./service_manager.ts";

export interface ReportedDaemon {
  services: Pick<HighAvailabilityServices, "connection">;
  /** Its state in one line. */
  describe: () => string;
  isHealthy?: () => boolean;
}

/** Tells the service manager what a daemon that serves is and does; ready once it is connected. */
export async function reportToServiceManager(
  manager: ServiceManager | undefined,
  { services, describe, isHealthy }: ReportedDaemon,
  signal: AbortSignal,
): Promise<void> {
  if (manager === undefined) return await aborted(signal);
  await runTogether([
    (signal) => manager.tellStatus(describe, signal),
    (signal) => manager.watchdog(signal, { isHealthy }),
    async (signal) => {
      const isConnected = ({ kind }: { kind: string }) => kind === "connected" || kind === "none";
      await services.connection.until(isConnected, { signal });
      await manager.ready();
      await aborted(signal);
    },
  ], signal);
}
