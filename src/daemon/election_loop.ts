import { AnySignal } from "../async/any_signal.ts";
import { backoff } from "../async/backoff.ts";
import { delay } from "../async/delay.ts";
import { formatHostPort } from "../config/host_port.ts";
import type { LeaderAddress, Leadership } from "../election/leadership.ts";
import type { Logger } from "../log/logger.ts";
import { aborted, withLimit } from "../async/abortable.ts";
import type { HighAvailabilityServices } from "./high_availability/services.ts";

export interface ElectionLoopOptions {
  services: Pick<HighAvailabilityServices, "campaign">;
  /** Where this master can be reached; published while it leads. */
  address: LeaderAddress;
  office: Office;
  logger: Logger;
  /** How long publishing the address, and giving leadership back, may take. */
  stepTimeoutMs?: number;
  /** Pauses after attempts that failed. */
  pauses?: { initialMs: number; maxMs: number };
}

/** What a leader does beyond being elected. */
export interface Office {
  /** Leadership is won: calls that belong to it are served from now on. */
  enter(leadership: Leadership): void;
  /** Others can find the leader. */
  found(leadership: Leadership): void;
  /** Leadership ended, or never took effect. */
  leave(): void;
}

/**
 * Stands for election again and again, and leads whenever elected. A winner that cannot make itself
 * known gives leadership back and pauses before it stands again, so that a rival can lead meanwhile.
 * Rejects with the signal's reason.
 */
export async function standForElection(
  options: ElectionLoopOptions,
  signal: AbortSignal,
): Promise<void> {
  const { services, address, logger, pauses = { initialMs: 500, maxMs: 30_000 } } = options;
  const participant = formatHostPort({ host: address.host, port: address.webuiPort });
  let pause = backoff(pauses);
  while (true) {
    try {
      signal.throwIfAborted();
      const leadership = await services.campaign({ participant, signal });
      await lead(leadership, options, signal);
      pause = backoff(pauses);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const pauseMs = Math.round(pause.next().value);
      logger.warn("could not take leadership", { error: error as Error, pauseMs });
      await delay(pauseMs, { signal });
    }
  }
}

async function lead(
  leadership: Leadership,
  options: ElectionLoopOptions,
  signal: AbortSignal,
): Promise<void> {
  const { office, logger } = options;
  const { leaderSessionId, epoch, lost } = leadership;
  using any = new AnySignal([signal, lost]);
  const ended = any.signal;
  logger.info("leadership acquired", { leaderSessionId, epoch });
  try {
    office.enter(leadership);
    await publish(leadership, options, ended);
    office.found(leadership);
    await aborted(ended);
  } finally {
    office.leave();
    // Said now: giving back what is left of it takes as long as ZooKeeper cannot be reached.
    if (lost.aborted) logger.warn("leadership lost", { epoch, reason: asError(lost.reason) });
    await release(leadership, options);
  }
}

async function publish(
  leadership: Leadership,
  options: ElectionLoopOptions,
  signal: AbortSignal,
): Promise<void> {
  const { address, logger, stepTimeoutMs = 10_000 } = options;
  const { host, webuiPort, rpcPort } = address;
  await withLimit((limited) => leadership.publish(address, { signal: limited }), {
    act: "Publishing the leader's address",
    timeoutMs: stepTimeoutMs,
    signal,
  });
  logger.info("leader address published", { host, webuiPort, rpcPort, epoch: leadership.epoch });
}

// A failed release is not worth an end: the session that holds the leadership ends it in the end.
async function release(leadership: Leadership, options: ElectionLoopOptions): Promise<void> {
  const { logger, stepTimeoutMs = 10_000 } = options;
  const { epoch } = leadership;
  try {
    await withLimit(() => leadership.release(), {
      act: "Releasing leadership",
      timeoutMs: stepTimeoutMs,
    });
    logger.info("leadership released", { epoch });
  } catch (error) {
    logger.warn("could not release leadership", { epoch, error: asError(error) });
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
