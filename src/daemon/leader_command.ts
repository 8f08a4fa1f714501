import { delay } from "../async/delay.ts";
import { LatestValue } from "../async/latest_value.ts";
import type { JobmanagerCommand } from "../config/command_configuration.ts";
import { formatHostPort } from "../config/host_port.ts";
import type { LeaderAddress, Leadership } from "../election/leadership.ts";
import type { Logger } from "../log/logger.ts";
import type { Term } from "../workload/command_options.ts";
import { CoolDown } from "../workload/cool_down.ts";
import { type GuardSystem, HOST } from "../workload/guard_system.ts";
import type { HealthOptions } from "../workload/health.ts";
import { keepRunning, type KeepRunningEnd } from "../workload/keep_running.ts";
import { Supervisor, type SupervisorOptions } from "../workload/supervisor.ts";
import type { SweptWorkload } from "../workload/sweep.ts";
import type { WorkloadState } from "../workload/workload_state.ts";
import type { WorkEnd, WorkOptions } from "./election_loop.ts";
import { longestStopGrace } from "./lease_check.ts";

export interface LeaderCommandOptions {
  command: JobmanagerCommand;
  confDir: string;
  /** tickTime of the servers, with which leases are counted. */
  tickTimeMs: number;
  guard: readonly string[];
  logFile: string;
  logKept: number;
  logger: Logger;
  /** Told before the command may run, and when it is gone; throws if it must not run. */
  onWorkload?: (workload: SweptWorkload | undefined) => void;
  /** Told when the command ended by itself and will be started again; must not throw. */
  onRestart?: () => void;
  /** The processes of this host unless told. */
  system?: GuardSystem;
}

const SWEEP_PAUSE_MS = 1000;

/** The command that runs only while this master leads. */
export class LeaderCommand implements AsyncDisposable {
  readonly state: LatestValue<WorkloadState> = new LatestValue<WorkloadState>({ kind: "idle" });
  readonly #options: LeaderCommandOptions;
  readonly #supervisor: Supervisor;
  readonly #coolDown: CoolDown;
  #workload: SweptWorkload | undefined;

  constructor(options: LeaderCommandOptions) {
    this.#options = options;
    this.#supervisor = new Supervisor(supervisorOptions(options, (workload) => {
      options.onWorkload?.(workload);
      this.#workload = workload;
    }));
    this.#coolDown = new CoolDown(options.command.coolDownMs);
  }

  /** A cool-down, if there was one, is over. */
  stand(): void {
    this.state.set({ kind: "idle" });
  }

  /**
   * Runs the command for a leadership, whose lease comes from a session with this timeout, if from
   * any; it is gone when this settles, or its lease has ended.
   */
  async work(
    leadership: Leadership,
    address: LeaderAddress,
    options: WorkOptions & {
      sessionTimeoutMs: number | undefined;
      /** More variables for the command. */
      environment?: Readonly<Record<string, string>>;
    },
  ): Promise<WorkEnd> {
    const { ready, signal, sessionTimeoutMs, environment } = options;
    const { command, confDir, logger } = this.#options;
    const term: Term = {
      environment: { ...leaderEnvironment(leadership, address, confDir), ...environment },
      deadline: () => leadership.deadline(),
      onRenewal: (listener) => leadership.onRenewal(listener),
      maxStopGraceMs: this.#maxStopGraceMs(sessionTimeoutMs),
    };
    try {
      return toWorkEnd(
        await keepRunning(this.#supervisor, term, {
          restart: command.restart,
          health: healthOptions(command),
          coolDown: this.#coolDown,
          onReady: ready,
          onState: (state) => {
            if (state.kind === "waiting") this.#options.onRestart?.();
            this.state.set(state);
          },
          logger,
          signal,
        }),
      );
    } finally {
      await this.#untilGone(leadership);
      // Work that failed, as by an address that could not be published, has named no other state.
      if (this.state.value.kind !== "cooling-down") this.state.set({ kind: "idle" });
    }
  }

  /** Servers may grant a shorter session than was configured, and with it a shorter lease. */
  #maxStopGraceMs(sessionTimeoutMs: number | undefined): number | undefined {
    if (sessionTimeoutMs === undefined) return undefined;
    const { command: { stopGraceMs }, tickTimeMs, logger } = this.#options;
    const longestMs = longestStopGrace({ sessionTimeoutMs, tickTimeMs });
    if (stopGraceMs > longestMs) {
      logger.warn("the stop grace is cut to what the lease has room for", {
        stopGraceMs,
        longestMs,
        sessionTimeoutMs,
      });
    }
    return longestMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#supervisor[Symbol.asyncDispose]();
  }

  /**
   * Leadership is given to nobody while something of the command lives. What survives even SIGKILL, or
   * cannot be looked for, keeps it no longer than the death of this master would: its lease is renewed,
   * but here the one of this moment counts.
   */
  async #untilGone(leadership: Leadership): Promise<void> {
    const { logger, system = HOST } = this.#options;
    const { lost } = leadership;
    const deadline = leadership.deadline();
    while (this.#workload !== undefined && !lost.aborted) {
      const { left } = await system.sweep(this.#workload, { signal: lost })
        .catch(() => ({ left: undefined }));
      if (left === 0) return;
      const leftMs = deadline - system.now();
      if (leftMs <= 0) {
        return logger.error("leadership is given up: its command may live", { left });
      }
      logger.error("leadership is kept: its command may live", { left });
      await delay(Math.min(SWEEP_PAUSE_MS, leftMs), { signal: lost }).catch(() => {});
    }
  }
}

function supervisorOptions(
  { command, guard, logFile, logKept, logger, system }: LeaderCommandOptions,
  onWorkload: (workload: SweptWorkload | undefined) => void,
): SupervisorOptions {
  const { words, stopGraceMs, logMaxBytes } = command;
  return {
    guard,
    command: { words, stopGraceMs, logMaxBytes },
    logFile,
    logKept,
    logger,
    onWorkload,
    system,
  };
}

function healthOptions(
  { ready, readyTimeoutMs, health }: JobmanagerCommand,
): HealthOptions | undefined {
  return ready && { target: ready, readyTimeoutMs, ...health };
}

function leaderEnvironment(
  { leaderSessionId, epoch }: Leadership,
  { host, webuiPort, rpcPort }: LeaderAddress,
  confDir: string,
): Record<string, string> {
  return {
    MASTERD_ROLE: "leader",
    MASTERD_EPOCH: String(epoch),
    MASTERD_LEADER_SESSION_ID: leaderSessionId,
    MASTERD_LEADER_ADDRESS: `http://${formatHostPort({ host, port: webuiPort })}`,
    MASTERD_HOST: host,
    MASTERD_RPC_PORT: String(rpcPort),
    MASTERD_WEBUI_PORT: String(webuiPort),
    MASTERD_CONF_DIR: confDir,
  };
}

const REASONS = {
  "crash-loop": "its command ended again and again",
  "cannot-start": "its command cannot be started",
  "not-ready": "its command was not ready in time",
  "unhealthy": "its command is not well",
} as const;

function toWorkEnd(end: KeepRunningEnd): WorkEnd {
  if (end.kind === "stopped") return { kind: "ended" };
  return { kind: "gave-up", reason: REASONS[end.reason], coolDownMs: end.coolDownMs };
}
