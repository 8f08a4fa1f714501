import { delay } from "../async/delay.ts";
import type { Leadership } from "../election/leadership.ts";
import type { WorkerStatus } from "../http/status.ts";
import type {
  HeartbeatAnswer,
  Refusal,
  RegistrationAnswer,
  WorkerCalls,
  WorkerRegistration,
} from "../http/worker_calls.ts";
import type { Logger } from "../log/logger.ts";
import { isHeld } from "./role.ts";

export interface WorkerRegistryOptions {
  heartbeatIntervalMs: number;
  heartbeatTimeoutMs: number;
  logger: Logger;
  /** A monotonic clock in milliseconds. */
  now?: () => number;
  maxWorkers?: number;
  /** Told of each worker that comes or goes; must not throw. */
  onChange?: (change: WorkerChange) => void;
}

/** `lost`: its heartbeats stopped. */
export interface WorkerChange {
  kind: "registered" | "unregistered" | "lost";
  workerId: string;
  host: string;
}

/** As much of a leadership as calls are checked against. */
export type RegistryTerm = Pick<Leadership, "leaderSessionId" | "lost" | "deadline">;

interface Worker extends WorkerRegistration {
  lastHeartbeatMs: number;
}

/**
 * The workers of the current leadership. Every call carries the leader session id the worker believes
 * in; any but the current one is refused, so that no worker follows a leader that was deposed.
 */
export class WorkerRegistry implements WorkerCalls {
  readonly #options: WorkerRegistryOptions;
  readonly #now: () => number;
  readonly #maxWorkers: number;
  readonly #workers = new Map<string, Worker>();
  #term: RegistryTerm | undefined;

  constructor(options: WorkerRegistryOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#maxWorkers = options.maxWorkers ?? 10_000;
  }

  /** Takes workers under this leadership; those of a former one are forgotten. */
  open(term: RegistryTerm): void {
    this.#workers.clear();
    this.#term = term;
  }

  /** Refuses every call, until it is opened for the next leadership. */
  close(): void {
    this.#workers.clear();
    this.#term = undefined;
  }

  register(registration: WorkerRegistration): RegistrationAnswer {
    const refusal = this.#refusal(registration.leaderSessionId);
    if (refusal) return refusal;
    const { workerId, host } = registration;
    const isNew = !this.#workers.has(workerId);
    if (isNew && this.#workers.size >= this.#maxWorkers) return { kind: "full" };
    this.#workers.set(workerId, { ...registration, lastHeartbeatMs: this.#now() });
    if (isNew) {
      this.#options.logger.info("worker registered", { workerId, host });
      this.#options.onChange?.({ kind: "registered", workerId, host });
    }
    return { kind: "registered", heartbeatIntervalMs: this.#options.heartbeatIntervalMs };
  }

  heartbeat(workerId: string, leaderSessionId: string): HeartbeatAnswer {
    const refusal = this.#refusal(leaderSessionId);
    if (refusal) return refusal;
    this.#removeSilent();
    const worker = this.#workers.get(workerId);
    if (!worker) return { kind: "unknown" };
    worker.lastHeartbeatMs = this.#now();
    return { kind: "alive" };
  }

  unregister(workerId: string, leaderSessionId: string): HeartbeatAnswer {
    const refusal = this.#refusal(leaderSessionId);
    if (refusal) return refusal;
    const worker = this.#workers.get(workerId);
    if (!worker) return { kind: "unknown" };
    this.#workers.delete(workerId);
    this.#options.logger.info("worker unregistered", { workerId });
    this.#options.onChange?.({ kind: "unregistered", workerId, host: worker.host });
    return { kind: "alive" };
  }

  /** How many workers are registered. */
  get size(): number {
    this.#removeSilent();
    return this.#workers.size;
  }

  /** The workers, or the first so many of them. */
  list(options: { limit?: number | undefined } = {}): WorkerStatus[] {
    const { limit = Infinity } = options;
    this.#removeSilent();
    const now = this.#now();
    return this.#workers.values().take(limit)
      .map(({ workerId, host, pid, lastHeartbeatMs }) => ({
        workerId,
        host,
        pid,
        millisecondsSinceHeartbeat: Math.round(now - lastHeartbeatMs),
      })).toArray();
  }

  /** Removes workers whose heartbeats stopped, also while nobody asks for them. */
  async watch(signal: AbortSignal): Promise<void> {
    while (true) {
      await delay(this.#options.heartbeatIntervalMs, { signal });
      this.#removeSilent();
    }
  }

  #removeSilent(): void {
    const oldest = this.#now() - this.#options.heartbeatTimeoutMs;
    for (const { workerId, host, lastHeartbeatMs } of this.#workers.values()) {
      if (lastHeartbeatMs >= oldest) continue;
      this.#workers.delete(workerId);
      this.#options.logger.warn("worker lost: no heartbeat", { workerId, host });
      this.#options.onChange?.({ kind: "lost", workerId, host });
    }
  }

  #refusal(leaderSessionId: string): Refusal | undefined {
    if (!this.#term || !isHeld(this.#term)) {
      return { kind: "refused", message: "This master does not lead" };
    }
    if (this.#term.leaderSessionId === leaderSessionId) return undefined;
    return {
      kind: "refused",
      message: `The leader session id ${leaderSessionId} is not that of the current leadership`,
      leaderSessionId: this.#term.leaderSessionId,
    };
  }
}
