import { backoff } from "../async/backoff.ts";
import { delay } from "../async/delay.ts";
import type { LatestValue } from "../async/latest_value.ts";
import type { LeaderInformation } from "../election/leadership.ts";
import type { Logger } from "../log/logger.ts";
import type { HighAvailabilityServices } from "./high_availability/services.ts";

export interface LeaderFollowerOptions {
  services: Pick<HighAvailabilityServices, "followLeader">;
  /** Set to the leader at each change. */
  leader: LatestValue<LeaderInformation | undefined>;
  logger: Logger;
  /** Pauses after following failed. */
  pauses?: { initialMs: number; maxMs: number };
}

/** Keeps a value equal to the leader that others see, or none, until the signal aborts. */
export async function followLeader(
  options: LeaderFollowerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { services, leader, logger, pauses = { initialMs: 500, maxMs: 30_000 } } = options;
  let pause = backoff(pauses);
  while (!signal.aborted) {
    try {
      for await (const information of services.followLeader({ signal })) {
        leader.set(information);
        pause = backoff(pauses);
      }
    } catch (error) {
      if (signal.aborted) return;
      leader.set(undefined);
      logger.warn("could not follow the leader", { error: error as Error });
    }
    await delay(pause.next().value, { signal });
  }
}
