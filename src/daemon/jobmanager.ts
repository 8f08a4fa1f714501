import { join } from "node:path";
import { answerBy } from "../http/router.ts";
import { statusRoutes } from "../http/status.ts";
import type { JobmanagerCommand } from "../config/command_configuration.ts";
import type { Logger } from "../log/logger.ts";
import { readClusterToken } from "./cluster_token.ts";
import { CrashNote } from "./crash_note.ts";
import { loadHighAvailability } from "./high_availability/open.ts";
import type { HighAvailabilityServices } from "./high_availability/services.ts";
import { LeaderCommand } from "./leader_command.ts";
import { Master, type MasterOptions } from "./master.ts";
import { claimRpcServer, claimWebServer } from "./master_servers.ts";
import type { NodeAddress } from "./node_address.ts";
import { ownProgram } from "./own_program.ts";
import { releaseSession } from "./release_session.ts";
import { rpcRoutes } from "./rpc_routes.ts";
import { SessionFile } from "./session_file.ts";
import { StartError } from "./start_error.ts";
import { LeadershipToken } from "./state/leadership_token.ts";
import { openClusterStorage, tokenPath } from "./state/open_state.ts";
import type { StateService } from "./state/state_service.ts";
import type { UpkeepTimes } from "./state/upkeep.ts";
import { TokenDigest } from "./token_digest.ts";

export interface JobmanagerOptions extends MasterOptions {
  /** Where this master may serve its status, best first; at least one. */
  addresses: readonly NodeAddress[];
  loadServices?: typeof loadHighAvailability;
  /** Where the session is kept for whoever finds this master dead; in the folder of pid files unless told. */
  sessionFile?: string;
  /** When the upkeep of the state does what. */
  upkeep?: UpkeepTimes;
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
  const { configuration, logger } = options;
  const open = await load(configuration);
  const token = await readClusterToken(configuration.tokenFile);
  const clusterToken = token === undefined ? undefined : new TokenDigest(token);
  const master = new Master(options);
  await using stack = new AsyncDisposableStack();
  const { server: web, host } = claimWebServer({
    ...options,
    answer: answerBy(statusRoutes(() => master.status())),
  });
  stack.use(web);
  const rpc = stack.use(claimRpcServer({
    ...options,
    answer: answerBy(rpcRoutes({
      configuration,
      workers: master.registry,
      state: () => master.state,
      clusterToken,
    })),
  }));
  master.bound(host, web, rpc);
  using _ = master.stopWith(signal);
  const { note, path } = await openCrashNote(options, {
    webuiPort: web.port,
    stack,
    signal,
  });
  const services = stack.use(await open({ logger, signal, onSession: note?.sessionOpened }));
  const command = await openCommand(options, { webuiPort: web.port, sessionFile: path, note });
  if (command) master.runs(stack.use(command));
  const state = await openState(options, {
    services,
    master,
    clusterToken,
    webuiPort: web.port,
    stack,
  });
  if (state) master.keeps(stack.use(state));
  await master.serve(services, signal);
}

/** Only ZooKeeper has sessions that outlive who opened them. */
async function openCrashNote(
  { configuration, sessionFile, logger }: JobmanagerOptions,
  { webuiPort, stack, signal }: {
    webuiPort: number;
    stack: AsyncDisposableStack;
    signal: AbortSignal;
  },
): Promise<{ note?: CrashNote; path?: string }> {
  const { highAvailability: { mode }, zookeeper: { quorum }, env: { pidDir } } = configuration;
  if (mode.kind !== "zookeeper") return {};
  const path = sessionFile ?? join(pidDir, `masterd-${Deno.hostname()}-${webuiPort}.session`);
  await releaseLast(path, logger, signal);
  const file = stack.use(await SessionFile.open(path));
  return { note: new CrashNote(file, { quorum, logger }), path };
}

/** Where nobody was there to notice the death of the master before this one, this one does. */
async function releaseLast(path: string, logger: Logger, signal: AbortSignal): Promise<void> {
  const outcome = await releaseSession(path, { logger, signal });
  // Its record is what they are known by, and opening the file would take it away.
  if (outcome.kind !== "processes-left") return;
  throw new StartError(
    `Cannot take over the session file ${path}: ` +
      `processes of the command of a dead master live (${outcome.reason})`,
  );
}

async function openState(
  { configuration, logger, upkeep }: JobmanagerOptions,
  { services, master, clusterToken, webuiPort, stack }: {
    services: HighAvailabilityServices;
    master: Master;
    clusterToken: TokenDigest | undefined;
    webuiPort: number;
    stack: AsyncDisposableStack;
  },
): Promise<StateService | undefined> {
  const { zookeeper } = services;
  const stateLogger = logger.named("state");
  if (zookeeper === undefined) return undefined;
  const storage = await openClusterStorage(configuration, stateLogger);
  if (storage === undefined) return undefined;
  const path = tokenPath(configuration.env.pidDir, webuiPort);
  await LeadershipToken.forget(path);
  // Without ZooKeeper neither its client nor this is loaded.
  const { StateService } = await import("./state/state_service.ts");
  return new StateService({
    configuration,
    storage: stack.use(storage),
    zookeeper,
    tokenPath: path,
    clusterToken,
    leader: () => master.leader,
    logger: stateLogger,
    times: upkeep,
  });
}

async function openCommand(
  { configuration, logger }: JobmanagerOptions,
  { webuiPort, sessionFile, note }: { webuiPort: number; sessionFile?: string; note?: CrashNote },
): Promise<LeaderCommand | undefined> {
  const { confDir, highAvailability: { mode }, env: { logDir, logMax } } = configuration;
  const command = withinMode(mode.kind, configuration.jobmanager.command);
  if (command === undefined) return undefined;
  await Deno.mkdir(logDir, { recursive: true });
  return new LeaderCommand({
    command,
    confDir,
    tickTimeMs: configuration.zookeeper.tickTimeMs,
    guard: [...ownProgram(), "guard", ...(sessionFile ? ["--session-file", sessionFile] : [])],
    logFile: join(logDir, `masterd-jobmanager-${Deno.hostname()}-${webuiPort}-command.log`),
    logKept: logMax,
    logger: logger.named("command"),
    onWorkload: note?.workloadChanged,
  });
}

/** A lone master has nobody to give leadership to: it goes on trying. */
function withinMode(
  mode: "none" | "zookeeper" | "module",
  command: JobmanagerCommand | undefined,
): JobmanagerCommand | undefined {
  if (mode !== "none" || command === undefined) return command;
  return { ...command, restart: { ...command.restart, attempts: Infinity } };
}
