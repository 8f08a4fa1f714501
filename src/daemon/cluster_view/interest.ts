import { LatestValue } from "../../async/latest_value.ts";
import { runTogether, type Service } from "../../async/run_together.ts";

/** Whether somebody wants to see the cluster: by an open stream, or by a request not long ago. */
export class Interest {
  readonly wanted: LatestValue<boolean> = new LatestValue(false);
  readonly #options: { streams: () => number; lastsMs: number; now: () => number };
  #askedAt = -Infinity;

  constructor(
    options: {
      /** How many streams are open. */
      streams: () => number;
      /** How long a request counts; 10 s unless told. */
      lastsMs?: number;
      /** A monotonic clock in milliseconds. */
      now?: () => number;
    },
  ) {
    const { streams, lastsMs = 10_000, now = () => performance.now() } = options;
    this.#options = { streams, lastsMs, now };
  }

  /** Somebody asks now. */
  asked(): void {
    this.#askedAt = this.#options.now();
    this.wanted.set(true);
  }

  /** Looks whether anybody still does. */
  check(): boolean {
    const { streams, lastsMs, now } = this.#options;
    if (streams() === 0 && now() - this.#askedAt >= lastsMs) this.wanted.set(false);
    return this.wanted.value;
  }
}

/** Runs a service whenever, and as long as, a value is true. */
export async function whileTrue(
  value: LatestValue<boolean>,
  service: Service,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await value.until(Boolean, { signal });
    const untilFalse = async (signal: AbortSignal) => {
      await value.until((now) => !now, { signal });
    };
    await runTogether([service, untilFalse], signal);
  }
}
