import { AnySignal } from "../async/any_signal.ts";
import { backoff } from "../async/backoff.ts";
import { delay } from "../async/delay.ts";
import { formatHostPort } from "../config/host_port.ts";
import type { LeaderAddress, Leadership } from "../election/leadership.ts";
import type { Logger } from "../log/logger.ts";
import { withLimit } from "../async/abortable.ts";
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
  /** This master stands for election, again or for the first time. */
  stand(): void;
  /** Leadership is won: calls that belong to it are served from now on. */
  enter(leadership: Leadership): void;
  /**
   * Does a leader's work until the signal aborts or the work cannot go on. Calls `ready` once others
   * may find the leader; nothing of the work is left when the promise settles.
   */
  work(leadership: Leadership, options: WorkOptions): Promise<WorkEnd>;
  /** Others can find the leader. */
  found(leadership: Leadership): void;
  /** Leadership ended, or never took effect. */
  leave(): void;
}

export interface WorkOptions {
  ready: () => Promise<void>;
  signal: AbortSignal;
}

/** Why a leader's work ended: with its leadership, or because another should try. */
export type WorkEnd = { kind: "ended" } | { kind: "gave-up"; reason: string; coolDownMs: number };

/**
 * Stands for election again and again, and leads whenever elected. A winner that cannot make itself
 * known gives leadership back and pauses before it stands again, so that a rival can lead meanwhile.
 * Rejects with the signal's reason.
 */
export async function standForElection(
  options: ElectionLoopOptions,
  signal: AbortSignal,
): Promise<void> {
  const { services, address, office, logger, pauses = { initialMs: 500, maxMs: 30_000 } } = options;
  const participant = formatHostPort({ host: address.host, port: address.webuiPort });
  let pause = backoff(pauses);
  while (true) {
    try {
      signal.throwIfAborted();
      office.stand();
      const leadership = await services.campaign({ participant, signal });
      const end = await lead(leadership, options, signal);
      pause = backoff(pauses);
      if (end.kind === "gave-up") await coolDown(end, options, signal);
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
): Promise<WorkEnd> {
  const { office, logger } = options;
  const { leaderSessionId, epoch, lost, handover } = leadership;
  using any = new AnySignal([signal, lost, handover]);
  const ended = any.signal;
  logger.info("leadership acquired", { leaderSessionId, epoch });
  try {
    office.enter(leadership);
    return await office.work(leadership, {
      ready: async () => {
        await publish(leadership, options, ended);
        office.found(leadership);
      },
      signal: ended,
    });
  } finally {
    office.leave();
    // Said now: giving back what is left of it takes as long as ZooKeeper cannot be reached.
    if (lost.aborted) logger.warn("leadership lost", { epoch, reason: asError(lost.reason) });
    else if (handover.aborted) {
      logger.info("giving leadership back", { epoch, reason: asError(handover.reason) });
    }
    await release(leadership, options);
  }
}

/** Leaves leadership to another for a while: this master's work failed again and again. */
async function coolDown(
  { reason, coolDownMs }: WorkEnd & { kind: "gave-up" },
  { logger }: ElectionLoopOptions,
  signal: AbortSignal,
): Promise<void> {
  logger.error("gave leadership to another", { reason, coolDownMs });
  await delay(coolDownMs, { signal });
  logger.info("stands for election again after the cool-down");
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
