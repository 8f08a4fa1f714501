import { formatHostPort, parseHostPort } from "../../config/host_port.ts";
import { nearest } from "../../config/nearest.ts";
import { planAndSwitchOver, type PlannedSwitchover } from "../../daemon/planned_switchover.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { MAX_SWITCHOVER_MS } from "../../election/switchover/documents.ts";
import type { FailureReason } from "../../election/switchover/operation.ts";
import type { Refusal } from "../../election/switchover/plan.ts";
import type { CommandContext } from "../command_context.ts";
import { loadFor } from "../configuration_files.ts";
import { EXIT_FAILED, EXIT_NOT_COMPLETED, EXIT_OK } from "../exit_code.ts";
import { Interruption } from "../interruption.ts";
import type { Options } from "../options.ts";
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

function targetOf(options: Options, defaultPort: number): string | undefined {
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
  const message = messageOf(result, timeoutMs);
  const isDone = result.kind === "switched" || result.kind === "leads-already";
  if (isJson) context.print(toJson(result, message));
  else if (isDone) context.print(message);
  else context.printError(`masterd: ${message}`);
  if (isDone) return EXIT_OK;
  return result.kind === "refused" ? EXIT_FAILED : EXIT_NOT_COMPLETED;
}

function messageOf(result: PlannedSwitchover, timeoutMs: number): string {
  switch (result.kind) {
    case "leads-already":
      return `${named(result.leader)} leads already`;
    case "refused":
      return refusalMessage(result.refusal);
    case "session-lost":
      return "the session with ZooKeeper is lost; `masterd leader` tells who leads: " +
        result.error.message;
    case "switched": {
      const { plan, leader, gapMs, totalMs } = result;
      const gap = gapMs === undefined ? "not measured" : milliseconds(gapMs);
      return `switched over from ${named(plan.leader)} to ${named(leader)}: ` +
        `gap ${gap}, in all ${milliseconds(totalMs)}`;
    }
    case "failed": {
      const what = failure(result.why, result.plan.target.participant, timeoutMs);
      return `${what}; ${consequence(result)}`;
    }
  }
}

function failure(why: FailureReason, target: string, timeoutMs: number): string {
  const time = `${timeoutMs / 1000} s`;
  switch (why) {
    case "not-ready":
      return `${target} did not say within ${time} that it is ready`;
    case "timeout":
      return `${target} did not lead within ${time}`;
    case "target-gone":
      return `${target} left the election`;
    case "another-leads":
      return `another than ${target} was elected`;
  }
}

function consequence({ plan, leader }: PlannedSwitchover & { kind: "failed" }): string {
  if (leader === undefined) return "no leader is known";
  if (leader.leaderSessionId === plan.leader.leaderSessionId) return `${named(leader)} leads on`;
  const isBack = leader.address === plan.leader.address;
  return `${isBack ? "rolled back: " : ""}${named(leader)} leads`;
}

function refusalMessage(refusal: Refusal): string {
  switch (refusal.kind) {
    case "no-leader":
      return "No leader is known";
    case "changing":
      return "Leadership is changing just now: look again who leads";
    case "foreign-leader":
      return `The leader at ${refusal.address} is no masterd: it cannot hand over in order`;
    case "no-standby":
      return "No other master stands for election";
    case "unknown-target":
      return unknownTarget(refusal.target, refusal.standbys);
    case "foreign-between":
      return `${refusal.participant} stands before ${refusal.target} in the queue ` +
        "and is no masterd: it cannot step aside";
    case "paused":
      return "Failovers are paused, and with them switchovers";
    case "under-way":
      return `Another switchover is under way, to ${refusal.target}`;
    case "foreign-request":
      return `The node ${refusal.path} is no request of masterd; remove it`;
  }
}

function unknownTarget(target: string, standbys: readonly string[]): string {
  const suggestion = nearest(target, standbys);
  const hint = suggestion === undefined ? "" : `: did you mean ${suggestion}?`;
  return `${target} is no standby${hint} (standbys: ${standbys.join(", ")})`;
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

/** `host:port (epoch 7)`. */
function named({ address, details }: LeaderInformation): string {
  if (details === undefined) return address;
  const { host, webuiPort: port, epoch } = details;
  return `${formatHostPort({ host, port })} (epoch ${epoch})`;
}

function milliseconds(ms: number): string {
  return `${rounded(ms)} ms`;
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 10) / 10;
}
