import { LatestValue } from "../async/latest_value.ts";
import { runTogether } from "../async/run_together.ts";
import type { Configuration } from "../config/configuration.ts";
import { formatHostPort } from "../config/host_port.ts";
import type { LeaderInformation, Leadership } from "../election/leadership.ts";
import { answerBy } from "../http/router.ts";
import type { HttpServer } from "../http/server.ts";
import { type NodeStatus, statusRoutes } from "../http/status.ts";
import { workerRoutes } from "../http/worker_calls.ts";
import type { Logger } from "../log/logger.ts";
import { announce } from "./announcement.ts";
import { type Office, standForElection } from "./election_loop.ts";
import { loadHighAvailability } from "./high_availability/open.ts";
import type { HighAvailabilityServices } from "./high_availability/services.ts";
import { followLeader } from "./leader_follower.ts";
import { claimRpcServer, claimWebServer } from "./master_servers.ts";
import { describeNode } from "./node_status.ts";
import type { NodeAddress } from "./node_address.ts";
import { nextRole, type RoleEvent, type RoleState } from "./role.ts";
import { WorkerRegistry } from "./worker_registry.ts";

export interface JobmanagerOptions {
  configuration: Configuration;
  /** Where this master may serve its status, best first; at least one. */
  addresses: readonly NodeAddress[];
  logger: Logger;
  /** Called with the status URL once this master serves and stands for election. */
  ready?: (statusUrl: string) => Promise<void>;
  loadServices?: typeof loadHighAvailability;
  /** How long the steps of a leader may take, and the pauses after those that failed. */
  election?: { stepTimeoutMs: number; pauses: { initialMs: number; maxMs: number } };
}

/**
 * A master: claims its ports, stands for election, serves its status and, while it leads, its
 * workers. Runs until the signal aborts, and then gives back what it took, last thing first.
 */
export async function runJobmanager(
  options: JobmanagerOptions,
  signal: AbortSignal,
): Promise<void> {
  const load = options.loadServices ?? loadHighAvailability;
  const open = await load(options.configuration);
  const master = new Master(options);
  await using stack = new AsyncDisposableStack();
  const { server: web, host } = claimWebServer({
    ...options,
    answer: answerBy(statusRoutes(() => master.status())),
  });
  stack.use(web);
  const rpc = stack.use(claimRpcServer({
    ...options,
    answer: answerBy(workerRoutes(master.registry)),
  }));
  master.bound(host, web, rpc);
  using _ = master.stopWith(signal);
  const services = stack.use(await open({ logger: options.logger, signal }));
  await master.serve(services, signal);
}

/** One master's state, and how it changes. */
class Master implements Office {
  readonly registry: WorkerRegistry;
  readonly #options: JobmanagerOptions;
  readonly #leader = new LatestValue<LeaderInformation | undefined>(undefined);
  readonly #startedAt = new Date().toISOString();
  #role: RoleState = { kind: "starting" };
  #address = { host: "", webuiPort: 0, rpcPort: 0 };
  #services: HighAvailabilityServices | undefined;

  constructor(options: JobmanagerOptions) {
    const { configuration: { heartbeat }, logger } = options;
    this.#options = options;
    this.registry = new WorkerRegistry({
      heartbeatIntervalMs: heartbeat.intervalMs,
      heartbeatTimeoutMs: heartbeat.timeoutMs,
      logger,
    });
  }

  bound(host: string, web: HttpServer, rpc: HttpServer): void {
    this.#address = { host, webuiPort: web.port, rpcPort: rpc.port };
    this.#options.logger.info("master bound", this.#address);
  }

  /** From the abort on the status says `stopping`, while all the rest still unwinds. */
  stopWith(signal: AbortSignal): Disposable {
    const onAbort = () => this.#move({ kind: "stopped" });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    return { [Symbol.dispose]: () => signal.removeEventListener("abort", onAbort) };
  }

  async serve(services: HighAvailabilityServices, signal: AbortSignal): Promise<void> {
    const { logger, ready, election } = this.#options;
    this.#services = services;
    this.#move({ kind: "started" });
    await runTogether([
      (signal) =>
        standForElection(
          { services, address: this.#address, office: this, logger, ...election },
          signal,
        ),
      (signal) => followLeader({ services, leader: this.#leader, logger }, signal),
      (signal) => this.registry.watch(signal),
      (signal) => announce(ready, this.#statusUrl(), signal),
    ], signal);
  }

  enter(leadership: Leadership): void {
    this.registry.open(leadership);
  }

  found(leadership: Leadership): void {
    this.#move({ kind: "elected", leadership });
  }

  leave(): void {
    this.registry.close();
    this.#move({ kind: "deposed" });
  }

  status(): NodeStatus {
    const { configuration } = this.#options;
    return describeNode({
      ...this.#address,
      startedAt: this.#startedAt,
      clusterId: configuration.highAvailability.clusterId,
      role: this.#role,
      leader: this.#leader.value,
      connection: this.#services?.connection.value ?? { kind: "connecting" },
      workers: this.registry.list(),
    });
  }

  #statusUrl(): string {
    const { host, webuiPort: port } = this.#address;
    return `http://${formatHostPort({ host, port })}`;
  }

  #move(event: RoleEvent): void {
    this.#role = nextRole(this.#role, event);
  }
}
