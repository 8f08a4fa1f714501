import type { Service } from "../async/run_together.ts";
import type { Logger } from "../log/logger.ts";

export interface LifetimeOptions {
  /** How long the daemon may take to end in order once it was asked to. */
  shutdownTimeoutMs: number;
  logger: Logger;
  /** Ends the process at once. */
  exit: (code: number) => void;
  /** The end has begun. */
  onStopping?: () => void;
}

/** Exit code of a daemon that ended because of something unexpected. */
export const EXIT_FATAL = 2;

const SIGNALS = [["SIGTERM", 143], ["SIGINT", 130]] as const;

/**
 * Gives a daemon its life: it runs until SIGTERM or SIGINT asks for the end or something unexpected
 * happens, and then has a limited time to end in order. A second signal ends it at once.
 * Returns the exit code; throws what the daemon throws of its own accord.
 */
export async function liveUntilStopped(daemon: Service, options: LifetimeOptions): Promise<number> {
  using ending = new Ending(options);
  try {
    await daemon(ending.signal);
  } catch (error) {
    if (!ending.signal.aborted) throw error;
    if (error !== ending.signal.reason) {
      options.logger.error("the stop was not clean", { error: asError(error) });
      return EXIT_FATAL;
    }
  }
  return ending.exitCode;
}

class Ending implements Disposable {
  readonly #stop = new AbortController();
  readonly #options: LifetimeOptions;
  readonly #removeListeners: (() => void)[] = [];
  #forceTimer: ReturnType<typeof setTimeout> | undefined;
  #exitCode = 0;
  #isAskedFor = false;

  constructor(options: LifetimeOptions) {
    this.#options = options;
    for (const [name, code] of SIGNALS) {
      const onSignal = () => this.#onSignal(name, code);
      Deno.addSignalListener(name, onSignal);
      this.#removeListeners.push(() => Deno.removeSignalListener(name, onSignal));
    }
    this.#listen("unhandledrejection", (event) => event.reason);
    this.#listen("error", (event) => event.error);
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get exitCode(): number {
    return this.#exitCode;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#forceTimer);
    for (const remove of this.#removeListeners) remove();
  }

  #onSignal(name: string, code: number): void {
    if (this.#isAskedFor) {
      this.#options.logger.warn("second signal: exiting at once", { signal: name });
      this.#options.exit(code);
      return;
    }
    this.#isAskedFor = true;
    this.#options.logger.info("stopping", { signal: name });
    this.#begin(0);
  }

  #listen<K extends "unhandledrejection" | "error">(
    type: K,
    reasonOf: (event: WindowEventMap[K]) => unknown,
  ): void {
    const onEvent = (event: WindowEventMap[K]) => {
      event.preventDefault();
      const error = asError(reasonOf(event));
      this.#options.logger.error("unexpected error", { error, stack: error.stack });
      this.#begin(EXIT_FATAL);
    };
    globalThis.addEventListener(type, onEvent);
    this.#removeListeners.push(() => globalThis.removeEventListener(type, onEvent));
  }

  #begin(exitCode: number): void {
    this.#exitCode = Math.max(this.#exitCode, exitCode);
    if (this.signal.aborted) return;
    const { shutdownTimeoutMs, logger, exit, onStopping } = this.#options;
    onStopping?.();
    this.#forceTimer = setTimeout(() => {
      logger.error("the stop took too long: exiting at once", { shutdownTimeoutMs });
      exit(EXIT_FATAL);
    }, shutdownTimeoutMs);
    this.#stop.abort(new DOMException("The daemon stops", "AbortError"));
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
