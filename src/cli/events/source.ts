import { aborted, withLimit } from "../../async/abortable.ts";
import type { Configuration } from "../../config/configuration.ts";
import type { HostPort } from "../../config/host_port.ts";
import { openHighAvailabilityServices } from "../../daemon/high_availability/open.ts";
import type { HighAvailabilityServices } from "../../daemon/high_availability/services.ts";
import { StartError } from "../../daemon/start_error.ts";
import { createLogger } from "../../log/logger.ts";
import { noLeaderText } from "../leader/leader_text.ts";
import { sightings } from "../leader/sightings.ts";

/** Enough to reach ZooKeeper and read one node. */
const FIND_LIMIT_MS = 3000;

/** Finds whose journal is to be read: the leader's, whoever that is, or that of one master. */
export class JournalSource implements AsyncDisposable {
  readonly #named: HostPort | undefined;
  readonly #configuration: Configuration;
  readonly #services: HighAvailabilityServices | undefined;

  static async open(
    named: HostPort | undefined,
    configuration: Configuration,
    signal: AbortSignal,
  ): Promise<JournalSource> {
    const logger = createLogger("events", { level: "error" });
    const services = named === undefined
      ? await openHighAvailabilityServices(configuration, { logger, signal })
      : undefined;
    return new JournalSource(named, configuration, services);
  }

  private constructor(
    named: HostPort | undefined,
    configuration: Configuration,
    services: HighAvailabilityServices | undefined,
  ) {
    this.#named = named;
    this.#configuration = configuration;
    this.#services = services;
  }

  /** The master now, and each other one, until the signal aborts; undefined while none is known. */
  async *masters(signal: AbortSignal): AsyncGenerator<HostPort | undefined, void, void> {
    const services = this.#services;
    if (services === undefined) {
      yield this.#named;
      return await aborted(signal);
    }
    const configuration = this.#configuration;
    for await (const leader of sightings(services, { configuration, signal })) {
      const { details } = leader ?? {};
      yield details && { host: details.host, port: details.webuiPort };
    }
  }

  /** @throws {StartError} if nobody is known to lead in time */
  async first(signal: AbortSignal): Promise<HostPort> {
    try {
      const find = (signal: AbortSignal) => this.#firstKnown(signal);
      return await withLimit(find, { act: "Finding the leader", timeoutMs: FIND_LIMIT_MS, signal });
    } catch (cause) {
      signal.throwIfAborted();
      throw new StartError(this.#services ? noLeaderText(this.#services) : String(cause), {
        cause,
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#services?.[Symbol.asyncDispose]();
  }

  async #firstKnown(signal: AbortSignal): Promise<HostPort> {
    for await (const master of this.masters(signal)) {
      if (master !== undefined) return master;
    }
    throw signal.reason;
  }
}
