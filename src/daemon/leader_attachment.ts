import { backoff } from "../async/backoff.ts";
import { delay } from "../async/delay.ts";
import type { LatestValue } from "../async/latest_value.ts";
import type { Configuration } from "../config/configuration.ts";
import type { LeaderDetails, LeaderInformation } from "../election/leadership.ts";
import type { Logger } from "../log/logger.ts";
import { LeaderClient, type WorkerIdentity } from "./leader_client.ts";

/** Whether some leader knows this worker. */
export type RegistrationState =
  | { kind: "unregistered" }
  | { kind: "registered"; leaderSessionId: string };

export interface AttachmentOptions {
  worker: WorkerIdentity;
  configuration: Pick<Configuration, "registration" | "heartbeat">;
  /** That of the cluster, where one is configured. */
  token?: string;
  state: LatestValue<RegistrationState>;
  /** Aborts when the worker stops, and so must take its leave; a leader that was replaced needs none. */
  stopping: AbortSignal;
  logger: Logger;
}

const UNREGISTER_TIMEOUT_MS = 1000;
const MIN_HEARTBEAT_LIMIT_MS = 1000;

/** Keeps this worker registered with one leader until the signal aborts. */
export async function attach(
  leader: LeaderInformation & { details: LeaderDetails },
  options: AttachmentOptions,
  signal: AbortSignal,
): Promise<void> {
  const { worker, token, state } = options;
  const { leaderSessionId, details } = leader;
  const client = new LeaderClient(details, { worker, leaderSessionId, token });
  try {
    while (true) {
      const heartbeatIntervalMs = await register(client, leader.address, options, signal);
      const { epoch } = details;
      options.logger.info("registered with leader", { address: leader.address, epoch });
      state.set({ kind: "registered", leaderSessionId });
      await keepAlive(client, heartbeatIntervalMs, options, signal);
      state.set({ kind: "unregistered" });
    }
  } finally {
    const wasRegistered = state.value.kind === "registered";
    state.set({ kind: "unregistered" });
    if (wasRegistered && options.stopping.aborted) {
      await client.unregister({ timeoutMs: UNREGISTER_TIMEOUT_MS });
    }
  }
}

/** Asks until the leader agrees; returns the heartbeat interval it wants. */
async function register(
  client: LeaderClient,
  address: string,
  options: AttachmentOptions,
  signal: AbortSignal,
): Promise<number> {
  const { configuration: { registration }, logger } = options;
  const { initialTimeoutMs, maxTimeoutMs, errorDelayMs, refusedDelayMs } = registration;
  const pause = backoff({
    initialMs: Math.min(initialTimeoutMs, errorDelayMs),
    maxMs: errorDelayMs,
  });
  let timeoutMs = initialTimeoutMs;
  while (true) {
    const outcome = await client.register({ timeoutMs, signal });
    switch (outcome.kind) {
      case "registered":
        return outcome.heartbeatIntervalMs;
      case "timeout":
        logger.warn("registration timed out", { address, timeoutMs });
        timeoutMs = Math.min(timeoutMs * 2, maxTimeoutMs);
        break;
      case "refused":
        logger.warn("registration refused", { address, reason: outcome.message });
        await delay(refusedDelayMs, { signal });
        break;
      default: {
        const error = outcome.kind === "failed" ? outcome.error : outcome.kind;
        logger.warn("registration failed", { address, error });
        await delay(pause.next().value, { signal });
      }
    }
  }
}

/** Sends heartbeats; returns when the leader no longer knows the worker or has been silent too long. */
async function keepAlive(
  client: LeaderClient,
  intervalMs: number,
  options: AttachmentOptions,
  signal: AbortSignal,
): Promise<void> {
  const { configuration: { heartbeat }, logger } = options;
  let deadlineMs = performance.now() + heartbeat.timeoutMs;
  while (performance.now() < deadlineMs) {
    await delay(intervalMs, { signal });
    const leftMs = Math.max(1, deadlineMs - performance.now());
    const timeoutMs = Math.min(leftMs, Math.max(intervalMs, MIN_HEARTBEAT_LIMIT_MS));
    const outcome = await client.heartbeat({ timeoutMs, signal });
    switch (outcome.kind) {
      case "alive":
        deadlineMs = performance.now() + heartbeat.timeoutMs;
        break;
      case "unknown":
        logger.warn("leader forgot this worker: registering again");
        return;
      case "refused":
        logger.warn("leader refused the heartbeat", { reason: outcome.message });
        return;
      default: {
        const error = outcome.kind === "failed" ? outcome.error : outcome.kind;
        logger.warn("heartbeat failed", { error });
      }
    }
  }
  logger.warn("leader lost: no answer to heartbeats", { timeoutMs: heartbeat.timeoutMs });
}
