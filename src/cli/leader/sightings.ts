import { delay } from "../../async/delay.ts";
import type { Configuration } from "../../config/configuration.ts";
import type { HighAvailabilityServices } from "../../daemon/high_availability/services.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { call } from "../../http/call.ts";

const PROBE_PAUSE_MS = 100;
const PROBE_LIMIT_MS = 2000;

/** The leader now and each change, undefined while nobody leads; ends when the signal aborts. */
export async function* sightings(
  services: HighAvailabilityServices,
  { configuration, signal }: {
    configuration: Pick<Configuration, "highAvailability">;
    signal: AbortSignal;
  },
): AsyncGenerator<LeaderInformation | undefined, void, void> {
  const isStandalone = configuration.highAvailability.mode.kind === "none";
  const published = services.followLeader({ signal });
  if (!isStandalone) return yield* published;
  for await (const leader of published) {
    if (leader !== undefined) return yield* probed(leader, signal);
  }
}

// Without high availability the address is only what the configuration says: someone may be there.
async function* probed(
  leader: LeaderInformation,
  signal: AbortSignal,
): AsyncGenerator<LeaderInformation | undefined, void, void> {
  let wasLeading: boolean | undefined;
  while (!signal.aborted) {
    const isLeading = await leads(leader);
    if (isLeading !== wasLeading && !signal.aborted) yield isLeading ? leader : undefined;
    wasLeading = isLeading;
    await delay(PROBE_PAUSE_MS, { signal }).catch(() => {});
  }
}

async function leads({ address }: LeaderInformation): Promise<boolean> {
  const signal = AbortSignal.timeout(PROBE_LIMIT_MS);
  const answer = await call(`${address}/leader`, { method: "GET", signal }).catch(() => undefined);
  return answer?.status === 200;
}
