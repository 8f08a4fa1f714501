import { join } from "node:path";
import { clusterRoutes } from "../http/cluster_routes.ts";
import { dashboardRoutes } from "../http/dashboard/routes.ts";
import { metricsRoutes } from "../http/metrics.ts";
import { openapiRoutes } from "../http/openapi_routes.ts";
import { withRole } from "../http/role_header.ts";
import { answerBy } from "../http/router.ts";
import { statusRoutes } from "../http/status.ts";
import { switchoverRoutes } from "../http/switchover_routes.ts";
import type { JobmanagerCommand } from "../config/command_configuration.ts";
import type { HostPort } from "../config/host_port.ts";
import type { Logger } from "../log/logger.ts";
import { type ClusterWatch, openClusterWatch } from "./cluster_view/open.ts";
import { MAX_WORKERS } from "./cluster_view/leader_report.ts";
import { readClusterToken } from "./cluster_token.ts";
import { CrashNote } from "./crash_note.ts";
import { loadHighAvailability } from "./high_availability/open.ts";
import type { HighAvailabilityServices } from "./high_availability/services.ts";
import { LeaderCommand } from "./leader_command.ts";
import { Master, type MasterOptions } from "./master.ts";
import { claimRpcServer, claimWebServer } from "./master_servers.ts";
import { observeTogether } from "./master_observer.ts";
import type { MasterMetrics } from "./metrics/master_metrics.ts";
import type { MeasuredFacts } from "./metrics/status_gauges.ts";
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
import { SwitchoverService } from "./switchover_service.ts";
import { TokenDigest } from "./token_digest.ts";

export interface JobmanagerOptions extends MasterOptions {
  /** Where this master may serve its status, best first; at least one. */
  addresses: readonly NodeAddress[];
  /** Those of conf/masters; absent if nobody read it. */
  masters?: readonly HostPort[];
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
  const switchovers = openSwitchovers(options, clusterToken);
  const metrics = await openMetrics(() => ({
    status: master.status({ maxWorkers: 0 }),
    workersCount: master.registry.size,
  }));
  const watch = await openClusterWatch({
    ...options,
    configured: options.masters,
    takesSwitchovers: switchovers !== undefined,
    own: () => ({
      status: master.status({ maxWorkers: MAX_WORKERS }),
      workersCount: master.registry.size,
    }),
    role: () => master.role,
  });
  const observer = observeTogether([metrics, watch.observer], logger);
  const master: Master = new Master({ ...options, observer });
  await using stack = new AsyncDisposableStack();
  const { server: web, host } = claimWebServer({
    ...options,
    answer: withRole(
      answerBy([
        ...statusRoutes((options) => master.status(options)),
        ...dashboardRoutes(() => master.status()),
        ...clusterRoutes(watch.calls),
        ...metricsRoutes(() => metrics.read()),
        ...openapiRoutes(),
        ...switchoverRoutes(switchovers),
      ]),
      () => master.role,
    ),
  });
  stack.use(web);
  stack.use(watch);
  stack.use(switchovers);
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
  const onSession = note?.sessionOpened;
  const { startedAt } = master;
  const services = stack.use(
    await open({ logger, signal, onSession, observer: metrics, startedAt }),
  );
  const command = await openCommand(options, {
    webuiPort: web.port,
    sessionFile: path,
    note,
    metrics,
  });
  if (command) master.runs(stack.use(command));
  const state = await openState(options, {
    services,
    master,
    metrics,
    watch,
    clusterToken,
    webuiPort: web.port,
    stack,
  });
  if (state) master.keeps(stack.use(state));
  await master.serve(services, signal);
}

/** Only who has the token of the cluster may ask for them: without one nobody may. */
function openSwitchovers(
  { configuration, logger }: JobmanagerOptions,
  clusterToken: TokenDigest | undefined,
): SwitchoverService | undefined {
  const isPossible = configuration.highAvailability.mode.kind === "zookeeper";
  if (!isPossible || clusterToken === undefined) return undefined;
  return new SwitchoverService({ configuration, clusterToken, logger: logger.named("switchover") });
}

/** No other process than a master's loads the library for them. */
async function openMetrics(facts: () => MeasuredFacts): Promise<MasterMetrics> {
  const { MasterMetrics } = await import("./metrics/master_metrics.ts");
  return new MasterMetrics(facts);
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
  { services, master, metrics, watch, clusterToken, webuiPort, stack }: {
    services: HighAvailabilityServices;
    master: Master;
    metrics: MasterMetrics;
    watch: ClusterWatch;
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
    onStorageFailure: () => metrics.storageFailed(),
    onChange: (status) => watch.stateKnown(status),
  });
}

async function openCommand(
  { configuration, logger }: JobmanagerOptions,
  { webuiPort, sessionFile, note, metrics }: {
    webuiPort: number;
    sessionFile?: string;
    note?: CrashNote;
    metrics: MasterMetrics;
  },
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
    onRestart: () => metrics.commandRestarts(),
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
