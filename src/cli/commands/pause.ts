import type { ZooKeeper } from "zookeeper";
import { ConfigError } from "../../config/config_error.ts";
import type { Configuration, LoadedConfiguration } from "../../config/configuration.ts";
import { formatHostPort } from "../../config/host_port.ts";
import { nodeAcl } from "../../daemon/high_availability/zookeeper_access.ts";
import { currentUser } from "../../daemon/local_host.ts";
import { type ElectionLayout, electionLayout } from "../../election/layout.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import type { Pause } from "../../election/pause.ts";
import {
  pauseFailovers,
  type PauseOutcome,
  resumeFailovers,
} from "../../election/pause_operation.ts";
import { asStateError } from "../../state/failure.ts";
import type { CommandContext } from "../command_context.ts";
import { loadFor } from "../configuration_files.ts";
import { errorMessage } from "../error_message.ts";
import { EXIT_OK, EXIT_TRY_AGAIN } from "../exit_code.ts";
import { Interruption } from "../interruption.ts";
import type { Options } from "../options.ts";
import { printable } from "../state/text.ts";
import { describePause, pauseJson } from "../status/pause_text.ts";
import { openZooKeeper } from "../zookeeper_session.ts";

const MAX_TIMEOUT_SECONDS = 86_400;
const DEFAULT_TIMEOUT_MS = 30_000;

/** Pauses failovers, and says who leads on. */
export async function pause(options: Options, context: CommandContext): Promise<number> {
  const maxSeconds = MAX_TIMEOUT_SECONDS;
  const timeoutMs = options.durationMs("timeout", { maxSeconds }) ?? DEFAULT_TIMEOUT_MS;
  const configuration = electedOnly(await loadFor(options, context));
  const wanted: Pause = {
    since: new Date().toISOString(),
    by: `${await currentUser() ?? "unknown"}@${Deno.hostname()}`,
    reason: options.text("reason") ?? null,
  };
  return await inSession(configuration, context, async (zk, { layout, signal }) => {
    const acl = nodeAcl(configuration.zookeeper);
    const isForced = options.flag("force");
    const outcome = await asStateError(
      "pause failovers",
      () => pauseFailovers(zk, wanted, { layout, acl, isForced, timeoutMs, signal }),
    );
    return reportPause(outcome, { isJson: options.flag("json"), timeoutMs, context });
  });
}

/** Ends a pause of failovers. */
export async function resume(options: Options, context: CommandContext): Promise<number> {
  const configuration = electedOnly(await loadFor(options, context));
  return await inSession(configuration, context, async (zk, { layout, signal }) => {
    const ended = await asStateError(
      "resume failovers",
      () => resumeFailovers(zk, { layout, signal }),
    );
    const message = ended === undefined
      ? "failovers are not paused"
      : `failovers go on; they were paused ${describePause(ended)}`;
    const outcome = ended === undefined ? "not-paused" : "resumed";
    context.print(options.flag("json") ? JSON.stringify({ outcome, message }) : message);
    return EXIT_OK;
  });
}

function electedOnly({ configuration, places }: LoadedConfiguration): Configuration {
  if (configuration.highAvailability.mode.kind === "zookeeper") return configuration;
  const key = "high-availability";
  const message = "must be zookeeper: without it there are no failovers to pause";
  throw new ConfigError([{ ...places.get(key), key, message }]);
}

async function inSession(
  { zookeeper }: Configuration,
  context: CommandContext,
  act: (
    zk: ZooKeeper,
    options: { layout: ElectionLayout; signal: AbortSignal },
  ) => Promise<number>,
): Promise<number> {
  using interruption = new Interruption();
  const { signal } = interruption;
  try {
    await using zk = await openZooKeeper(zookeeper, { signal });
    return await act(zk, { layout: electionLayout(zookeeper.namespace), signal });
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    context.printError(`masterd: ${errorMessage(error)}; \`masterd status\` says how it stands`);
    return interruption.exitCode;
  }
}

function reportPause(
  outcome: PauseOutcome,
  { isJson, timeoutMs, context }: { isJson: boolean; timeoutMs: number; context: CommandContext },
): number {
  const isPaused = outcome.kind === "paused";
  const message = pauseMessage(outcome, timeoutMs);
  if (isJson) context.print(outcomeJson(outcome, message));
  else if (isPaused) context.print(message);
  else context.printError(`masterd: ${message}`);
  return isPaused ? EXIT_OK : EXIT_TRY_AGAIN;
}

function pauseMessage(outcome: PauseOutcome, timeoutMs: number): string {
  switch (outcome.kind) {
    case "no-leader":
      return `not paused: nobody was seen leading within ${timeoutMs / 1000} s; ` +
        "with --force nobody will lead before `masterd resume`";
    case "switchover":
      return `not paused: a switchover was under way for ${timeoutMs / 1000} s`;
    case "paused": {
      const { pause, isNew, leader } = outcome;
      const fact = isNew ? "failovers are paused" : "failovers were paused already";
      const who = leader === undefined
        ? "nobody leads, and nobody will before `masterd resume`"
        : `${leaderName(leader)} leads on`;
      return `${fact} ${describePause(pause)}; ${who}`;
    }
  }
}

function outcomeJson(outcome: PauseOutcome, message: string): string {
  if (outcome.kind !== "paused") return JSON.stringify({ outcome: outcome.kind, message });
  const { isNew, leader, pause } = outcome;
  const name = leader === undefined ? null : leaderName(leader);
  return JSON.stringify({
    outcome: isNew ? "paused" : "already-paused",
    message,
    paused: pauseJson(pause),
    leader: name,
  });
}

function leaderName({ address, details }: LeaderInformation): string {
  if (details === undefined) return printable(address);
  const { host, webuiPort: port, epoch } = details;
  return printable(`${formatHostPort({ host, port })} (epoch ${epoch})`);
}
