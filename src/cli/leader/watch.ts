import { runTogether, type Service } from "../../async/run_together.ts";
import type { HighAvailabilityServices } from "../../daemon/high_availability/services.ts";
import { StartError } from "../../daemon/start_error.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { noLeaderText } from "./leader_text.ts";
import type { Reaction } from "./reaction.ts";

export interface WatchOptions {
  /** The leader now, and each change. */
  sightings: (signal: AbortSignal) => AsyncIterable<LeaderInformation | undefined>;
  services: HighAvailabilityServices;
  /** How long a first leader may take; undefined: whatever is seen first counts. */
  waitMs: number | undefined;
  /** Shows a change; false if nobody reads any more. */
  show: (leader: LeaderInformation | undefined) => Promise<boolean>;
  reaction: Reaction | undefined;
  /** Told once if nothing at all is known after a while. */
  onSilence: (reason: string) => void;
}

const SILENCE_MS = 3000;

/**
 * Shows each change of the leader, and reacts to it, until the signal aborts or nobody reads.
 * @throws {StartError} if there is no first leader in time
 */
export async function watch(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const { reaction } = options;
  const services: Service[] = [(signal) => follow(options, signal)];
  if (reaction !== undefined) services.push((signal) => reaction.run(signal));
  await runTogether(services, signal);
}

async function follow(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const { sightings, services, waitMs, show, reaction, onSilence } = options;
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {});
  const limit = waitMs === undefined
    ? setTimeout(() => onSilence(noLeaderText(services)), SILENCE_MS)
    : setTimeout(() => late.reject(new StartError(noLeaderText(services))), waitMs);
  let isAwaited = waitMs !== undefined;
  try {
    const iterator = sightings(signal)[Symbol.asyncIterator]();
    while (true) {
      const next = await Promise.race([iterator.next(), late.promise]);
      if (next.done) return;
      if (isAwaited && next.value === undefined) continue;
      isAwaited = false;
      clearTimeout(limit);
      reaction?.changed(next.value);
      if (!await show(next.value)) return;
    }
  } finally {
    clearTimeout(limit);
  }
}
