import { aborted, withLimit } from "../async/abortable.ts";
import { delay } from "../async/delay.ts";
import type { Environment } from "../config/environment.ts";
import type { Logger } from "../log/logger.ts";
import { type NotifySocket, openNotifySocket } from "./notify_socket.ts";

const SEND_LIMIT_MS = 1000;
const STATUS_INTERVAL_MS = 1000;
/** The daemon's own limit comes before that of its manager. */
const STOP_MARGIN_MS = 1000;
const MAX_BEAT_INTERVAL_MS = 60_000;
/** Longer messages systemd throws away; a status names addresses that others wrote. */
const MAX_STATUS_LENGTH = 500;

/**
 * The service manager that started this daemon, as systemd's sd_notify speaks with it. Where there is
 * none, telling it something does nothing; a failure to tell is logged once and ends nothing.
 */
export class ServiceManager implements AsyncDisposable {
  readonly #address: string | undefined;
  readonly #beatIntervalMs: number | undefined;
  readonly #logger: Logger;
  /** What is still to be sent, by variable: a newer value takes the place of an older one. */
  readonly #unsent = new Map<string, string>();
  #sending: Promise<void> | undefined;
  #socket: NotifySocket | undefined;
  #status = "";
  #hasFailed = false;

  constructor(environment: Environment, logger: Logger) {
    this.#address = environment.NOTIFY_SOCKET || undefined;
    this.#beatIntervalMs = beatInterval(environment, logger);
    this.#logger = logger;
  }

  /** The daemon serves. Resolves when that was sent, or could not be for now. */
  async ready(): Promise<void> {
    await this.#tell({ READY: "1" });
  }

  /** One line for people; told only when it has changed. */
  status(text: string): void {
    const line = oneLine(text);
    if (line !== this.#status) this.#unsent.set("STATUS", line);
    this.#status = line;
    if (this.#unsent.size > 0) this.#tell();
  }

  /** The daemon ends in order, and may take as long as told, whatever limit is set for what a dead one left. */
  stopping(options: { withinMs: number }): void {
    const microseconds = String(Math.ceil((options.withinMs + STOP_MARGIN_MS) * 1000));
    this.#tell({ STOPPING: "1", EXTEND_TIMEOUT_USEC: microseconds });
    this.status("stopping");
  }

  /** Keeps the status line up to date until the signal aborts. */
  async tellStatus(describe: () => string, signal: AbortSignal): Promise<void> {
    if (this.#address === undefined) return await aborted(signal);
    while (true) {
      this.status(describe());
      await delay(STATUS_INTERVAL_MS, { signal });
    }
  }

  /**
   * Proves until the signal aborts that the event loop runs, if the manager asks this process for it.
   * While the daemon is not healthy nothing is proven, and the manager will kill it.
   */
  async watchdog(signal: AbortSignal, options: { isHealthy?: () => boolean } = {}): Promise<void> {
    const { isHealthy = () => true } = options;
    if (this.#address === undefined || this.#beatIntervalMs === undefined) {
      return await aborted(signal);
    }
    let wasHealthy = true;
    while (true) {
      const healthy = isHealthy();
      if (healthy) this.#tell({ WATCHDOG: "1" });
      else this.#unsent.delete("WATCHDOG");
      if (wasHealthy && !healthy) {
        this.#logger.error("not healthy: the service manager is to kill this daemon");
      }
      wasHealthy = healthy;
      await delay(this.#beatIntervalMs, { signal });
    }
  }

  /** Waits for what is being sent. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sending;
    this.#close();
  }

  #tell(variables: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#address === undefined) return Promise.resolve();
    for (const [name, value] of Object.entries(variables)) this.#unsent.set(name, value);
    return this.#sending ??= this.#sendAll(this.#address);
  }

  async #sendAll(address: string): Promise<void> {
    let isHeard = true;
    while (isHeard && this.#unsent.size > 0) {
      const variables = new Map(this.#unsent);
      this.#unsent.clear();
      isHeard = await this.#send(variables, address);
      if (!isHeard) this.#keep(variables);
    }
    this.#sending = undefined;
  }

  /** A manager that was too busy hears it with the next message, if nothing newer took its place. */
  #keep(variables: ReadonlyMap<string, string>): void {
    for (const [name, value] of variables) {
      if (!this.#unsent.has(name)) this.#unsent.set(name, value);
    }
  }

  async #send(variables: ReadonlyMap<string, string>, address: string): Promise<boolean> {
    const message = [...variables].map(([name, value]) => `${name}=${value}`).join("\n");
    try {
      await withLimit(async (signal) => {
        this.#socket ??= await openNotifySocket(address, { signal });
        await this.#socket.send(message, { signal });
      }, { act: "Notifying the service manager", timeoutMs: SEND_LIMIT_MS });
      return true;
    } catch (error) {
      // A send that was given up still holds its socket.
      this.#close();
      this.#report(error);
      return false;
    }
  }

  #report(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#logger.warn("cannot notify the service manager", {
      socket: this.#address,
      error: error instanceof Error ? error : String(error),
    });
  }

  #close(): void {
    this.#socket?.[Symbol.dispose]();
    this.#socket = undefined;
  }
}

/** Milliseconds between two proofs of life; undefined if none are wanted of this process. */
function beatInterval(environment: Environment, logger: Logger): number | undefined {
  const { WATCHDOG_USEC, WATCHDOG_PID } = environment;
  if (!WATCHDOG_USEC || (WATCHDOG_PID && WATCHDOG_PID !== String(Deno.pid))) return undefined;
  if (!/^[1-9]\d*$/.test(WATCHDOG_USEC)) {
    logger.warn("WATCHDOG_USEC is not a number of microseconds", { value: WATCHDOG_USEC });
    return undefined;
  }
  return Math.min(Number(WATCHDOG_USEC) / 1000 / 3, MAX_BEAT_INTERVAL_MS);
}

/** Text of others must not become a message of its own, for example `MAINPID=1` on a second line. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").slice(0, MAX_STATUS_LENGTH);
}
