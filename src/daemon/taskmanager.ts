import { join } from "node:path";
import { delay } from "../async/delay.ts";
import { LatestValue } from "../async/latest_value.ts";
import { runTogether } from "../async/run_together.ts";
import type { Configuration } from "../config/configuration.ts";
import type { LeaderDetails, LeaderInformation } from "../election/leadership.ts";
import type { Logger } from "../log/logger.ts";
import { aborted } from "../async/abortable.ts";
import { announce } from "./announcement.ts";
import { readClusterToken } from "./cluster_token.ts";
import { openHighAvailabilityServices } from "./high_availability/open.ts";
import { attach, type AttachmentOptions, type RegistrationState } from "./leader_attachment.ts";
import { followLeader } from "./leader_follower.ts";
import { ownProgram } from "./own_program.ts";
import type { ServiceManager } from "./service_manager.ts";
import { reportToServiceManager } from "./service_report.ts";
import { StartError } from "./start_error.ts";
import { workerStatusLine } from "./status_line.ts";
import { type FollowedLeader, runWorkerCommand } from "./worker_command.ts";

export interface TaskmanagerOptions {
  configuration: Configuration;
  /** The name of this host, where the configuration has none. */
  hostname: string;
  logger: Logger;
  /** Called with the worker id once this worker looks for the leader. */
  ready?: (workerId: string) => Promise<void>;
  openServices?: typeof openHighAvailabilityServices;
  serviceManager?: ServiceManager;
}

/** A worker: follows the leader, and stays registered with it until the signal aborts. */
export async function runTaskmanager(
  options: TaskmanagerOptions,
  signal: AbortSignal,
): Promise<void> {
  const { configuration, hostname, logger, ready } = options;
  const open = options.openServices ?? openHighAvailabilityServices;
  const token = await readClusterToken(configuration.tokenFile);
  await using services = await open(configuration, { logger, signal });
  const leader = new LatestValue<LeaderInformation | undefined>(undefined);
  const registration = new LatestValue<RegistrationState>({ kind: "unregistered" });
  const host = configuration.taskmanager.host ?? hostname;
  const worker = { workerId: crypto.randomUUID(), host, pid: Deno.pid };
  const attachment = {
    worker,
    configuration,
    token,
    state: registration,
    stopping: signal,
    logger,
  };
  logger.info("worker started", worker);
  await runTogether([
    (signal) => followLeader({ services, leader, logger }, signal),
    (signal) => attachToLeaders(leader, attachment, signal),
    (signal) =>
      limitUnregistered(registration, configuration.taskmanager.registrationTimeoutMs, signal),
    (signal) => runCommand({ ...options, host }, { leader, registration }, signal),
    (signal) => announce(ready, worker.workerId, signal),
    (signal) =>
      reportToServiceManager(options.serviceManager, {
        services,
        describe: () =>
          workerStatusLine({
            registration: registration.value,
            leader: leader.value,
            connection: services.connection.value,
          }),
      }, signal),
  ], signal);
}

async function runCommand(
  { configuration, hostname, host, logger }: TaskmanagerOptions & { host: string },
  followed: FollowedLeader,
  signal: AbortSignal,
): Promise<void> {
  const { confDir, taskmanager: { command }, env: { logDir, logMax } } = configuration;
  if (command === undefined) return await aborted(signal);
  await Deno.mkdir(logDir, { recursive: true });
  await runWorkerCommand(
    {
      command,
      host,
      confDir,
      guard: [...ownProgram(), "guard"],
      logFile: join(logDir, `masterd-taskmanager-${hostname}-command.log`),
      logKept: logMax,
      logger: logger.named("command"),
    },
    followed,
    signal,
  );
}

/**
 * Attaches to each newest leader. While no leader is known, the worker stays with the last: it may
 * still lead, and if it does not, it refuses the heartbeats itself.
 */
async function attachToLeaders(
  leader: LatestValue<LeaderInformation | undefined>,
  options: AttachmentOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const current = await leader.until((value) => value !== undefined, { signal });
    await runTogether([
      async (signal) => {
        await leader.until((value) => !isSameLeader(value, current!), { signal });
      },
      (signal) => attachIfReachable(current!, options, signal),
    ], signal);
  }
}

async function attachIfReachable(
  leader: LeaderInformation,
  options: AttachmentOptions,
  signal: AbortSignal,
): Promise<void> {
  const { details, address } = leader;
  if (details) return await attach({ ...leader, details }, options, signal);
  options.logger.warn("the leader is not masterd: waiting for another", { address });
  await aborted(signal);
}

function isSameLeader(value: LeaderInformation | undefined, leader: LeaderInformation): boolean {
  if (value === undefined) return true;
  return value.leaderSessionId === leader.leaderSessionId &&
    isSamePlace(value.details, leader.details);
}

function isSamePlace(a: LeaderDetails | undefined, b: LeaderDetails | undefined): boolean {
  return a?.host === b?.host && a?.rpcPort === b?.rpcPort;
}

/** Fails once this worker has been without a leader for too long, as Flink's does. */
async function limitUnregistered(
  state: LatestValue<RegistrationState>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await state.until(({ kind }) => kind === "unregistered", { signal });
    await runTogether([
      async (signal) => {
        await state.until(({ kind }) => kind === "registered", { signal });
      },
      async (signal) => {
        await delay(timeoutMs, { signal });
        throw new StartError(
          `Cannot register with a leader: none took this worker within ${timeoutMs} ms ` +
            "(taskmanager.registration.timeout)",
        );
      },
    ], signal);
  }
}
