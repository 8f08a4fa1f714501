import type { Logger } from "../../log/logger.ts";

const REPORT_EVERY_MS = 5000;

/** Says that ZooKeeper cannot be reached: at once, and then every few seconds while that lasts. */
export class OutageLog {
  readonly #logger: Logger;
  readonly #quorum: string;
  readonly #now: () => number;
  #outage: { startedAt: number; reportedAt: number; attempts: number } | undefined;

  constructor(logger: Logger, quorum: string, now: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#quorum = quorum;
    this.#now = now;
  }

  attemptFailed({ server, error }: { server: string; error: Error }): void {
    const now = this.#now();
    const outage = this.#outage ??= { startedAt: now, reportedAt: -Infinity, attempts: 0 };
    outage.attempts++;
    if (now - outage.reportedAt < REPORT_EVERY_MS) return;
    outage.reportedAt = now;
    this.#logger.warn("ZooKeeper cannot be reached, trying again", {
      quorum: this.#quorum,
      server,
      error,
      attempts: outage.attempts,
      forMs: Math.round(now - outage.startedAt),
    });
  }

  /** The outage is over, one way or the other. */
  end(): void {
    this.#outage = undefined;
  }
}
