import { aborted } from "../async/abortable.ts";
import { LatestValue } from "../async/latest_value.ts";
import { runTogether } from "../async/run_together.ts";
import type { Configuration } from "../config/configuration.ts";
import { formatHostPort } from "../config/host_port.ts";
import type { LeaderInformation, Leadership } from "../election/leadership.ts";
import type { HttpServer } from "../http/server.ts";
import type { NodeStatus, Role } from "../http/status.ts";
import type { Logger } from "../log/logger.ts";
import { announce } from "./announcement.ts";
import { type Office, standForElection, type WorkEnd, type WorkOptions } from "./election_loop.ts";
import type { HighAvailabilityServices } from "./high_availability/services.ts";
import type { LeaderCommand } from "./leader_command.ts";
import { followLeader } from "./leader_follower.ts";
import type { FollowedValues, MasterObserver } from "./master_observer.ts";
import { describeNode } from "./node_status.ts";
import { isHeld, nextRole, type RoleEvent, roleName, type RoleState } from "./role.ts";
import type { ServiceManager } from "./service_manager.ts";
import { reportToServiceManager } from "./service_report.ts";
import { StartTime } from "./start_time.ts";
import { statusLine } from "./status_line.ts";
import type { FencedLeadership, StateService } from "./state/state_service.ts";
import { WorkerRegistry } from "./worker_registry.ts";

export interface MasterOptions {
  configuration: Configuration;
  logger: Logger;
  /** Called with the status URL once this master serves and stands for election. */
  ready?: (statusUrl: string) => Promise<void>;
  serviceManager?: ServiceManager;
  observer?: MasterObserver;
  /** How long the steps of a leader may take, and the pauses after those that failed. */
  election?: { stepTimeoutMs: number; pauses: { initialMs: number; maxMs: number } };
}

/** One master's state, and how it changes. */
export class Master implements Office {
  readonly registry: WorkerRegistry;
  readonly #options: MasterOptions;
  readonly #leader = new LatestValue<LeaderInformation | undefined>(undefined);
  readonly #start = new StartTime();
  #role: RoleState = { kind: "starting" };
  #address = { host: "", webuiPort: 0, rpcPort: 0 };
  #services: HighAvailabilityServices | undefined;
  #command: LeaderCommand | undefined;
  #state: StateService | undefined;

  constructor(options: MasterOptions) {
    const { configuration: { heartbeat }, logger } = options;
    this.#options = options;
    this.registry = new WorkerRegistry({
      heartbeatIntervalMs: heartbeat.intervalMs,
      heartbeatTimeoutMs: heartbeat.timeoutMs,
      logger,
      onChange: (change) => options.observer?.workerChanged?.(change),
    });
  }

  bound(host: string, web: HttpServer, rpc: HttpServer): void {
    this.#address = { host, webuiPort: web.port, rpcPort: rpc.port };
    this.#options.logger.info("master bound", this.#address);
  }

  /** This command runs while the master leads. */
  runs(command: LeaderCommand): void {
    this.#command = command;
  }

  /** This state is kept while the master leads. */
  keeps(state: StateService): void {
    this.#state = state;
  }

  get startedAt(): Date {
    return this.#start.at;
  }

  get state(): StateService | undefined {
    return this.#state;
  }

  /** As others are told. */
  get role(): Role {
    return roleName(this.#role);
  }

  /** The leader that others see. */
  get leader(): LeaderInformation | undefined {
    return this.#leader.value;
  }

  /** From the abort on the status says `stopping`, while all the rest still unwinds. */
  stopWith(signal: AbortSignal): Disposable {
    const onAbort = () => this.#move({ kind: "stopped" });
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    return { [Symbol.dispose]: () => signal.removeEventListener("abort", onAbort) };
  }

  async serve(services: HighAvailabilityServices, signal: AbortSignal): Promise<void> {
    const { logger, ready, election, serviceManager, observer } = this.#options;
    this.#services = services;
    this.#move({ kind: "started" });
    await runTogether([
      (signal) =>
        standForElection(
          { services, address: this.#address, office: this, logger, ...election },
          signal,
        ),
      (signal) => followLeader({ services, leader: this.#leader, logger }, signal),
      (signal) => observer?.follow(this.#followed(services), signal) ?? aborted(signal),
      (signal) => this.registry.watch(signal),
      (signal) => this.#state?.watch(signal) ?? aborted(signal),
      (signal) => announce(ready, this.#statusUrl(), signal),
      (signal) =>
        reportToServiceManager(serviceManager, {
          services,
          describe: () => statusLine(this.status()),
          isHealthy: () => this.#isHealthy(),
        }, signal),
    ], signal);
  }

  stand(): void {
    this.#command?.stand();
  }

  enter(leadership: Leadership): void {
    this.#options.observer?.won?.(leadership);
    this.registry.open(leadership);
  }

  async work(leadership: Leadership, options: WorkOptions): Promise<WorkEnd> {
    const end = await this.#work(leadership, options);
    this.#options.observer?.worked?.(leadership, end);
    return end;
  }

  async #work(leadership: Leadership, options: WorkOptions): Promise<WorkEnd> {
    if (this.#state === undefined || !isFenced(leadership)) {
      return await this.#act(leadership, options);
    }
    const { signal } = options;
    return await this.#state.during(
      leadership,
      { address: this.#address, signal },
      (environment) => this.#act(leadership, { ...options, environment }),
    );
  }

  found(leadership: Leadership): void {
    this.#move({ kind: "elected", leadership });
    this.#options.observer?.found(leadership);
  }

  leave(): void {
    this.registry.close();
    this.#move({ kind: "deposed" });
  }

  /** What this master says of itself, with all its workers or the first of them. */
  status(options: { maxWorkers?: number } = {}): NodeStatus {
    const { configuration } = this.#options;
    return describeNode({
      ...this.#address,
      start: this.#start,
      clusterId: configuration.highAvailability.clusterId,
      role: this.#role,
      leader: this.#leader.value,
      connection: this.#services?.connection.value ?? { kind: "connecting" },
      workers: this.registry.list({ limit: options.maxWorkers }),
      command: this.#command?.state.value,
      state: this.#state?.status ?? null,
    });
  }

  async #act(
    leadership: Leadership,
    options: WorkOptions & { environment?: Readonly<Record<string, string>> },
  ): Promise<WorkEnd> {
    if (this.#command) {
      const { value } = this.#services!.connection;
      const sessionTimeoutMs = value.kind === "connected" ? value.sessionTimeoutMs : undefined;
      return await this.#command.work(leadership, this.#address, { ...options, sessionTimeoutMs });
    }
    await options.ready();
    await aborted(options.signal);
    return { kind: "ended" };
  }

  #followed({ connection, zookeeper }: HighAvailabilityServices): FollowedValues {
    return { leader: this.#leader, connection, zookeeper, command: this.#command?.state };
  }

  /** A deadline that passed without notice means that this process does not do its work. */
  #isHealthy(): boolean {
    if (this.#role.kind !== "leading") return true;
    const { leadership } = this.#role;
    return leadership.lost.aborted || isHeld(leadership);
  }

  #statusUrl(): string {
    const { host, webuiPort: port } = this.#address;
    return `http://${formatHostPort({ host, port })}`;
  }

  #move(event: RoleEvent): void {
    this.#role = nextRole(this.#role, event);
    this.#options.observer?.moved?.();
  }
}

function isFenced(leadership: Leadership): leadership is FencedLeadership {
  return leadership.fence !== undefined;
}
