import { backoff } from "../async/backoff.ts";
import { delay } from "../async/delay.ts";
import type { Logger } from "../log/logger.ts";
import { probe, type ProbeTarget } from "./probe.ts";

/** How a command is asked whether it is ready, and whether it is well. */
export interface HealthOptions {
  target: ProbeTarget;
  /** A command that is not ready so long after its start is given up. */
  readyTimeoutMs: number;
  /** Between two questions while it runs. */
  intervalMs: number;
  /** How long one question may take. */
  timeoutMs: number;
  /** After so many failures in a row it is unhealthy. */
  failures: number;
}

export interface ProbeContext {
  health: HealthOptions;
  environment: Readonly<Record<string, string>>;
  logger: Logger;
}

const READY_PAUSES = { initialMs: 20, maxMs: 500 };

/** Asks until the command is ready: resolves with whether it was in time. */
export async function becomesReady(context: ProbeContext, signal: AbortSignal): Promise<boolean> {
  const { health: { target, readyTimeoutMs, timeoutMs }, environment, logger } = context;
  const endsAt = performance.now() + readyTimeoutMs;
  const pauses = backoff(READY_PAUSES);
  while (true) {
    const leftMs = endsAt - performance.now();
    const limitMs = Math.max(0, Math.min(timeoutMs, leftMs));
    try {
      await probe(target, { environment, timeoutMs: limitMs, signal });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (performance.now() >= endsAt) {
        logger.error("the command was not ready in time", {
          readyTimeoutMs,
          error: error as Error,
        });
        return false;
      }
    }
    await delay(Math.min(pauses.next().value, leftMs), { signal });
  }
}

/** Asks again and again: resolves when the command is unhealthy, rejects when the signal aborts. */
export async function becomesUnhealthy(context: ProbeContext, signal: AbortSignal): Promise<void> {
  const { health: { target, intervalMs, timeoutMs, failures }, environment, logger } = context;
  let failed = 0;
  while (failed < failures) {
    await delay(intervalMs, { signal });
    try {
      await probe(target, { environment, timeoutMs, signal });
      failed = 0;
    } catch (error) {
      signal.throwIfAborted();
      failed++;
      logger.warn("the command did not prove healthy", { failed, error: error as Error });
    }
  }
}
