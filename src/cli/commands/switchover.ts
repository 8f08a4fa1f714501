import { formatHostPort, parseHostPort } from "../../config/host_port.ts";
import { planAndSwitchOver, type PlannedSwitchover } from "../../daemon/planned_switchover.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { MAX_SWITCHOVER_MS } from "../../election/switchover/documents.ts";
import type { CommandContext } from "../command_context.ts";
import { loadFor } from "../configuration_files.ts";
import { EXIT_FAILED, EXIT_NOT_COMPLETED, EXIT_OK } from "../exit_code.ts";
import { Interruption } from "../interruption.ts";
import type { Options } from "../options.ts";
import { rounded, switchoverText } from "../../daemon/switchover_text.ts";
import { UsageError } from "../usage_error.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

/** Gives leadership to another master, and says in one line what became of it. */
export async function switchover(options: Options, context: CommandContext): Promise<number> {
  const maxSeconds = MAX_SWITCHOVER_MS / 1000;
  const timeoutMs = options.durationMs("timeout", { maxSeconds }) ?? DEFAULT_TIMEOUT_MS;
  const { configuration } = await loadFor(options, context);
  const to = targetOf(options, configuration.rest.port);
  using interruption = new Interruption();
  try {
    const result = await planAndSwitchOver(configuration, {
      to,
      timeoutMs,
      onPlan: ({ from, target }) =>
        context.printError(`switching over from ${from.participant} to ${target.participant}`),
      signal: interruption.signal,
    });
    return report(result, timeoutMs, { isJson: options.flag("json"), context });
  } catch (error) {
    if (interruption.exitCode === undefined) throw error;
    context.printError("masterd: interrupted: the request is withdrawn");
    return interruption.exitCode;
  }
}

/** The master that `--to` names, as it calls itself. */
export function targetOf(options: Options, defaultPort: number): string | undefined {
  const text = options.text("to");
  try {
    return text === undefined ? undefined : formatHostPort(parseHostPort(text, { defaultPort }));
  } catch (error) {
    throw new UsageError(`--to: ${(error as Error).message}`);
  }
}

function report(
  result: PlannedSwitchover,
  timeoutMs: number,
  { isJson, context }: { isJson: boolean; context: CommandContext },
): number {
  const message = switchoverText(result, timeoutMs);
  const isDone = result.kind === "switched" || result.kind === "leads-already";
  if (isJson) context.print(toJson(result, message));
  else if (isDone) context.print(message);
  else context.printError(`masterd: ${message}`);
  if (isDone) return EXIT_OK;
  return result.kind === "refused" ? EXIT_FAILED : EXIT_NOT_COMPLETED;
}

function toJson(result: PlannedSwitchover, message: string): string {
  const { kind: outcome } = result;
  const from = "plan" in result ? result.plan.leader : undefined;
  const leader = "leader" in result ? result.leader : undefined;
  return JSON.stringify({
    outcome,
    message,
    from: from && described(from),
    leader: leader && described(leader),
    gapMs: "gapMs" in result ? rounded(result.gapMs) : undefined,
    totalMs: "totalMs" in result ? rounded(result.totalMs) : undefined,
  });
}

function described({ address, leaderSessionId, details }: LeaderInformation) {
  return { address, leaderSessionId, epoch: details ? String(details.epoch) : null };
}
