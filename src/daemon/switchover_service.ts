import type { Configuration } from "../config/configuration.ts";
import { formatHostPort, parseHostPort } from "../config/host_port.ts";
import { RequestError } from "../http/responses.ts";
import type { SwitchoverAnswer, SwitchoverCalls } from "../http/switchover_routes.ts";
import { describeError, type Logger } from "../log/logger.ts";
import type { PlannedSwitchover, PlannedSwitchoverOptions } from "./planned_switchover.ts";
import type { TokenDigest } from "./token_digest.ts";

export interface SwitchoverServiceOptions {
  configuration: Configuration;
  clusterToken: TokenDigest;
  logger: Logger;
  planAndSwitchOver?: (
    configuration: Configuration,
    options: PlannedSwitchoverOptions,
  ) => Promise<PlannedSwitchover>;
}

/** How long the target has to lead. */
const TIMEOUT_MS = 30_000;

/**
 * Carries out switchovers that were asked for over HTTP, one at a time, each with a session of its own: the master
 * that does it may be the one that stops leading.
 */
export class SwitchoverService implements SwitchoverCalls, AsyncDisposable {
  readonly #options: SwitchoverServiceOptions;
  readonly #stop = new AbortController();
  #running: Promise<SwitchoverAnswer> | undefined;

  constructor(options: SwitchoverServiceOptions) {
    this.#options = options;
  }

  isAccepted(token: string | undefined): boolean {
    return this.#options.clusterToken.matches(token);
  }

  async switchOver(to: string | undefined): Promise<SwitchoverAnswer> {
    const target = this.#targetOf(to);
    if (this.#stop.signal.aborted) return { outcome: "undone", message: "This master stops" };
    if (this.#running !== undefined) {
      return { outcome: "refused", message: "This master is carrying out a switchover already" };
    }
    this.#running = this.#carryOut(target);
    try {
      return await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  /** Withdraws what is under way; whoever leads by then leads on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("this master stops"));
    await this.#running;
  }

  async #carryOut(to: string | undefined): Promise<SwitchoverAnswer> {
    const { configuration, logger } = this.#options;
    logger.info("a switchover was asked for over HTTP", { to });
    try {
      const { switchoverText } = await import("./switchover_text.ts");
      const result = await (await this.#operation())(configuration, {
        to,
        timeoutMs: TIMEOUT_MS,
        onPlan: () => {},
        signal: this.#stop.signal,
      });
      const outcome = outcomeOf(result);
      const message = switchoverText(result, TIMEOUT_MS);
      logger.info("the switchover has ended", { outcome, message });
      return { outcome, message };
    } catch (error) {
      // How far it came is told by who leads.
      logger.warn("the switchover has failed", { error: error as Error });
      return { outcome: "undone", message: `Not known to be done: ${describeError(error)}` };
    }
  }

  async #operation() {
    const { planAndSwitchOver } = this.#options;
    return planAndSwitchOver ?? (await import("./planned_switchover.ts")).planAndSwitchOver;
  }

  #targetOf(to: string | undefined): string | undefined {
    try {
      const defaultPort = this.#options.configuration.rest.port;
      return to === undefined ? undefined : formatHostPort(parseHostPort(to, { defaultPort }));
    } catch (error) {
      throw new RequestError(400, `"to": ${(error as Error).message}`);
    }
  }
}

function outcomeOf({ kind }: PlannedSwitchover): SwitchoverAnswer["outcome"] {
  if (kind === "switched" || kind === "leads-already") return "done";
  return kind === "refused" ? "refused" : "undone";
}
