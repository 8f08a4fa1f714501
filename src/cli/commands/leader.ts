import type { Configuration } from "../../config/configuration.ts";
import { openHighAvailabilityServices } from "../../daemon/high_availability/open.ts";
import { StartError } from "../../daemon/start_error.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { createLogger } from "../../log/logger.ts";
import { loadFor } from "../configuration_files.ts";
import { EXIT_OK } from "../exit_code.ts";
import { Interruption } from "../interruption.ts";
import { leaderJson, noLeaderText } from "../leader/leader_text.ts";
import { Reaction } from "../leader/reaction.ts";
import { sightings } from "../leader/sightings.ts";
import { watch } from "../leader/watch.ts";
import type { Options } from "../options.ts";
import type { CommandContext } from "../command_context.ts";
import { UsageError } from "../usage_error.ts";

// Enough to reach ZooKeeper and read one node, where nobody asked for more.
const LEAST_WAIT_MS = 3000;
const MAX_SECONDS = 86_400;
const RUN_LIMIT_MS = 60_000;

/** Prints who leads; with `--watch` and `--exec` each change, too. */
export async function leader(options: Options, context: CommandContext): Promise<number> {
  const waitMs = waitOf(options);
  const reaction = reactionOf(options, context);
  const { configuration } = await loadFor(options, context);
  if (reaction !== undefined || options.flag("watch")) {
    return await watchLeader(configuration, { options, context, waitMs, reaction });
  }
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), Math.max(waitMs ?? 0, LEAST_WAIT_MS));
  try {
    const information = await findLeader(configuration, limit.signal);
    context.print(options.flag("json") ? leaderJson(information) : information.address);
    return EXIT_OK;
  } finally {
    clearTimeout(timer);
  }
}

function waitOf(options: Options): number | undefined {
  const text = options.text("wait");
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds <= MAX_SECONDS) return seconds * 1000;
  throw new UsageError(`--wait ${text} is not a number of seconds from 0 to ${MAX_SECONDS}`);
}

function reactionOf(options: Options, context: CommandContext): Reaction | undefined {
  const limitMs = options.durationMs("exec-timeout", { maxSeconds: MAX_SECONDS });
  const words = options.list("exec");
  if (words.length === 0) {
    if (limitMs !== undefined) throw new UsageError("--exec-timeout is for --exec");
    return undefined;
  }
  const onFailure = (message: string) => context.printError(`masterd: ${message}`);
  return new Reaction({ words, limitMs: limitMs ?? RUN_LIMIT_MS, onFailure });
}

async function findLeader(
  configuration: Configuration,
  signal: AbortSignal,
): Promise<LeaderInformation> {
  const logger = createLogger("leader", { level: "error" });
  await using services = await openHighAvailabilityServices(configuration, { logger, signal });
  try {
    for await (const information of sightings(services, { configuration, signal })) {
      if (information !== undefined) return information;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  throw new StartError(noLeaderText(services));
}

async function watchLeader(
  configuration: Configuration,
  { options, context, waitMs, reaction }: {
    options: Options;
    context: CommandContext;
    waitMs: number | undefined;
    reaction: Reaction | undefined;
  },
): Promise<number> {
  using interruption = new Interruption();
  const { signal } = interruption;
  const logger = createLogger("leader", { level: "error" });
  await using services = await openHighAvailabilityServices(configuration, { logger, signal });
  await watch({
    services,
    sightings: (signal) => sightings(services, { configuration, signal }),
    waitMs: waitMs === undefined ? undefined : Math.max(waitMs, LEAST_WAIT_MS),
    show: options.flag("watch") ? lineWriter(options, context) : () => Promise.resolve(true),
    reaction,
    onSilence: (reason) => context.printError(`masterd: ${reason}`),
  }, signal);
  return interruption.exitCode ?? EXIT_OK;
}

function lineWriter(
  options: Options,
  { output }: CommandContext,
): (leader: LeaderInformation | undefined) => Promise<boolean> {
  const encoder = new TextEncoder();
  const describe = options.flag("json")
    ? leaderJson
    : (leader?: LeaderInformation) => leader?.address ?? "none";
  return (leader) => output.write(encoder.encode(`${describe(leader)}\n`));
}
