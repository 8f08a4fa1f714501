import { LatestValue } from "../async/latest_value.ts";
import { runTogether } from "../async/run_together.ts";
import type { TaskmanagerCommand } from "../config/command_configuration.ts";
import type { LeaderInformation } from "../election/leadership.ts";
import type { Logger } from "../log/logger.ts";
import { CoolDown } from "../workload/cool_down.ts";
import type { GuardSystem } from "../workload/guard_system.ts";
import { keepRunning } from "../workload/keep_running.ts";
import { Supervisor } from "../workload/supervisor.ts";
import type { RegistrationState } from "./leader_attachment.ts";

export interface WorkerCommandOptions {
  command: TaskmanagerCommand;
  host: string;
  confDir: string;
  guard: readonly string[];
  logFile: string;
  logKept: number;
  logger: Logger;
  /** The processes of this host unless told. */
  system?: GuardSystem;
}

/** What the worker knows of the leader. */
export interface FollowedLeader {
  leader: LatestValue<LeaderInformation | undefined>;
  registration: LatestValue<RegistrationState>;
}

/** A worker's signal to a command that is to ask for the leader again: the one for reloading. */
const LEADER_CHANGED_SIGNAL = "SIGHUP";

/**
 * Runs a worker's command from the first registration on, until the signal aborts; it goes on while
 * there is no leader, and is told of another one as configured.
 */
export async function runWorkerCommand(
  options: WorkerCommandOptions,
  followed: FollowedLeader,
  signal: AbortSignal,
): Promise<void> {
  const { command: { words, stopGraceMs, logMaxBytes }, ...others } = options;
  const { guard, logFile, logKept, logger, system } = others;
  await using supervisor = new Supervisor({
    guard,
    command: { words, stopGraceMs, logMaxBytes },
    logFile,
    logKept,
    logger,
    system,
  });
  while (!signal.aborted) {
    const known = new LatestValue(await nextLeader(followed, undefined, signal));
    await runTogether([
      (signal) => run(supervisor, known, options, signal),
      (signal) => tellOfChanges(supervisor, { ...options, followed, known }, signal),
    ], signal);
  }
}

async function run(
  supervisor: Supervisor,
  known: LatestValue<LeaderInformation>,
  { command, host, confDir, logger }: WorkerCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const term = {
    // Read at each start: a command that is started again is told of the leader of then.
    get environment() {
      return workerEnvironment(known.value, host, confDir);
    },
    // A worker's command holds nothing that could run out.
    deadline: () => Infinity,
    onRenewal: () => () => {},
  };
  await keepRunning(supervisor, term, {
    restart: command.restart,
    coolDown: new CoolDown(command.restart.maxDelayMs),
    onState: () => {},
    logger,
    signal,
  });
}

/** Returns when the command is to be started anew. */
async function tellOfChanges(
  supervisor: Supervisor,
  { command, logger, followed, known }: WorkerCommandOptions & {
    followed: FollowedLeader;
    known: LatestValue<LeaderInformation>;
  },
  signal: AbortSignal,
): Promise<void> {
  while (true) {
    known.set(await nextLeader(followed, known.value, signal));
    const { address } = known.value;
    logger.info("the leader changed", { address, onLeaderChange: command.onLeaderChange });
    if (command.onLeaderChange === "restart") return;
    if (command.onLeaderChange === "signal") supervisor.signal(LEADER_CHANGED_SIGNAL);
  }
}

/** The first leader, other than the known one, with which this worker is registered. */
async function nextLeader(
  { leader, registration }: FollowedLeader,
  known: LeaderInformation | undefined,
  signal: AbortSignal,
): Promise<LeaderInformation> {
  while (true) {
    const registered = await registration.until(
      (state): state is RegistrationState & { kind: "registered" } =>
        state.kind === "registered" && state.leaderSessionId !== known?.leaderSessionId,
      { signal },
    );
    const { value } = leader;
    if (value?.leaderSessionId === registered.leaderSessionId) return value;
    // Either is behind the other for a moment: what comes next, of either, decides.
    await runTogether([
      async (signal) => void await leader.until((now) => now !== value, { signal }),
      async (signal) => void await registration.until((now) => now !== registered, { signal }),
    ], signal);
    signal.throwIfAborted();
  }
}

function workerEnvironment(
  { leaderSessionId, address, details }: LeaderInformation,
  host: string,
  confDir: string,
): Record<string, string> {
  return {
    MASTERD_ROLE: "worker",
    MASTERD_LEADER_SESSION_ID: leaderSessionId,
    MASTERD_LEADER_ADDRESS: address,
    MASTERD_HOST: host,
    MASTERD_CONF_DIR: confDir,
    ...(details && {
      MASTERD_EPOCH: String(details.epoch),
      MASTERD_RPC_PORT: String(details.rpcPort),
      MASTERD_WEBUI_PORT: String(details.webuiPort),
    }),
  };
}
