import type { Configuration } from "../../config/configuration.ts";
import { openHighAvailabilityServices } from "../../daemon/high_availability/open.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { createLogger } from "../../log/logger.ts";

/** What a master needs to come back, besides what its configuration says. */
const START_MS = 30_000;

/** How long after a failover it may take until all is well again. */
export function recoveryLimitMs(
  { zookeeper, jobmanager, heartbeat }: Configuration,
): number {
  const { sessionTimeoutMs, tickTimeMs } = zookeeper;
  const { ready, readyTimeoutMs } = jobmanager.command ?? {};
  const commandMs = ready === undefined ? 0 : readyTimeoutMs ?? 0;
  return 2 * (sessionTimeoutMs + tickTimeMs) + commandMs + heartbeat.intervalMs + START_MS;
}

/** Who leads, as soon as somebody does; undefined if nobody does in time. */
export async function whoLeads(
  configuration: Configuration,
): Promise<LeaderInformation | undefined> {
  const logger = createLogger("drill", { write: () => {} });
  const signal = AbortSignal.timeout(recoveryLimitMs(configuration));
  await using services = await openHighAvailabilityServices(configuration, { logger, signal });
  for await (const leader of services.followLeader({ signal })) {
    if (leader !== undefined) return leader;
  }
  return undefined;
}
