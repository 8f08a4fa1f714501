import type { Configuration } from "../../config/configuration.ts";
import { openHighAvailabilityServices } from "../../daemon/high_availability/open.ts";
import { StartError } from "../../daemon/start_error.ts";
import { createLogger } from "../../log/logger.ts";
import { findFolders, loadFor } from "../configuration_files.ts";
import type { CommandContext } from "../command_context.ts";
import { type DrillEnd, runDrill } from "../drill/drill.ts";
import { killRound } from "../drill/kill_round.ts";
import { DrillReport } from "../drill/report.ts";
import { restartByScript } from "../drill/restart.ts";
import type { DrilledLeader } from "../drill/round.ts";
import { recoveryLimitMs, whoLeads } from "../drill/settling.ts";
import { switchoverRound } from "../drill/switchover_round.ts";
import { Interruption } from "../interruption.ts";
import type { Options } from "../options.ts";
import { ClusterLook } from "../status/cluster_look.ts";
import { UsageError } from "../usage_error.ts";
import { targetOf } from "./switchover.ts";

const MAX_ROUNDS = 10_000;
const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMEOUT_SECONDS = 600;

/** What the words of the command line ask for. */
interface Request {
  rounds: number;
  to: string | undefined;
  isKilling: boolean;
  /** Most time for one failover. */
  timeoutMs: number;
}

/** Causes failovers and measures them, in a cluster whose configuration allows it. */
export async function drill(options: Options, context: CommandContext): Promise<number> {
  const { configuration } = await loadFor(options, context);
  const request = requestOf(options, configuration);
  refuseWhereForbidden(configuration);
  const report = new DrillReport(request.rounds, { isJson: options.flag("json"), context });
  using interruption = new Interruption();
  const { signal } = interruption;
  // Whoever asks a second time does not want to wait for the next leader.
  signal.addEventListener("abort", () => interruption[Symbol.dispose](), { once: true });
  try {
    return report.ended(await run(configuration, { request, report, options, context, signal }));
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    report.interrupted(await whoLeads(configuration));
    return interruption.exitCode;
  }
}

async function run(
  configuration: Configuration,
  { request, report, options, context, signal }: {
    request: Request;
    report: DrillReport;
    options: Options;
    context: CommandContext;
    signal: AbortSignal;
  },
): Promise<DrillEnd> {
  const { rounds, to, isKilling, timeoutMs } = request;
  const { namespace } = configuration.zookeeper;
  const logger = createLogger("drill", { write: () => {} });
  await using services = await openHighAvailabilityServices(configuration, { logger, signal });
  await using cluster = await ClusterLook.open(configuration, { signal });
  const restart = restarter(configuration, options, context);
  const kill = (leader: DrilledLeader) =>
    killRound(leader, { services, namespace, limitMs: timeoutMs, restart, signal });
  return await runDrill({
    cluster,
    rounds,
    kill: isKilling ? kill : undefined,
    switchOver: (leader) => switchoverRound(configuration, leader, { to, timeoutMs, signal }),
    recoveryMs: recoveryLimitMs(configuration),
    onRound: (round, end) => report.round(round, end),
    signal,
  });
}

function requestOf(options: Options, { rest }: Configuration): Request {
  const rounds = options.integer("rounds", MAX_ROUNDS) ?? 1;
  if (rounds === 0) throw new UsageError("--rounds 0 asks for nothing");
  const to = targetOf(options, rest.port);
  const isKilling = options.flag("kill");
  if (isKilling && to !== undefined) {
    throw new UsageError("--kill excludes --to: whoever is first in the queue takes over");
  }
  const timeoutMs = options.durationMs("timeout", { maxSeconds: MAX_TIMEOUT_SECONDS });
  return { rounds, to, isKilling, timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS };
}

function refuseWhereForbidden({ highAvailability, isDrillAllowed }: Configuration): void {
  if (highAvailability.mode.kind !== "zookeeper") {
    throw new StartError("A drill needs high-availability: zookeeper in the configuration");
  }
  if (isDrillAllowed) return;
  throw new StartError(
    "This cluster allows no drill: masterd.drill.allowed: true in its configuration would",
  );
}

function restarter(
  { env: { pidDir } }: Configuration,
  options: Options,
  context: CommandContext,
): (leader: DrilledLeader) => Promise<void> {
  const namespace = options.text("zookeeperNamespace");
  const { homeDir } = findFolders(options, context);
  const words = [
    ...options.list("property").flatMap((setting) => ["-D", setting]),
    ...(namespace === undefined ? [] : ["-z", namespace]),
  ];
  const onFailure = (message: string) => context.printError(`masterd: ${message}`);
  return (leader) => restartByScript(leader, { homeDir, pidDir, words, onFailure });
}
