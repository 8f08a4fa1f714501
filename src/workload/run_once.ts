import { aborted } from "../async/abortable.ts";
import { AnySignal } from "../async/any_signal.ts";
import { describeError, type Logger } from "../log/logger.ts";
import { type CommandEnd, CommandStartError, type RunEnd } from "./command_end.ts";
import type { Term } from "./command_options.ts";
import { becomesReady, becomesUnhealthy, type HealthOptions, type ProbeContext } from "./health.ts";
import type { RunOutcome } from "./restart_policy.ts";
import type { RunningCommand } from "./running_command.ts";
import type { Supervisor } from "./supervisor.ts";

export interface RunOptions {
  supervisor: Pick<Supervisor, "start">;
  term: Term;
  /** Absent: ready as soon as it runs, and always well. */
  health: HealthOptions | undefined;
  onStarted: (running: RunningCommand) => void;
  onReady: (running: RunningCommand) => Promise<void>;
  onStopping: (running: RunningCommand) => void;
  logger: Logger;
}

/** One run of the command: why it is over, and what the next one has to know. */
export interface Run {
  verdict: Verdict;
  end: RunEnd;
  outcome: RunOutcome;
  /** How long it ran; 0 if it did not start. */
  ranMs: number;
}

/** It ended by itself or by the signal, or it was stopped for the sake of another leader. */
type Verdict = "ended" | "not-ready" | "unhealthy";

/**
 * Runs the command until it ends, is found unhealthy, or the signal aborts; it has been stopped in
 * order when this settles. Resolves with nothing if the signal aborts before it has started.
 */
export async function runOnce(options: RunOptions, signal: AbortSignal): Promise<Run | undefined> {
  const { supervisor, term } = options;
  try {
    const running = await supervisor.start(term, { signal });
    const startedAt = performance.now();
    const { verdict, end } = await attend(running, options, signal);
    const ranMs = performance.now() - startedAt;
    return { verdict, end, outcome: outcomeOf(end, ranMs), ranMs };
  } catch (error) {
    if (error instanceof CommandStartError) return notStarted(error, options.logger);
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

async function attend(
  running: RunningCommand,
  options: RunOptions,
  signal: AbortSignal,
): Promise<{ verdict: Verdict; end: CommandEnd }> {
  const over = new AbortController();
  const ended = running.ended.then(() => over.abort());
  using either = new AnySignal([signal, over.signal]);
  const verdict = await judge(running, options, either.signal).catch((error) => ({ error }));
  if (!over.signal.aborted) options.onStopping(running);
  const end = over.signal.aborted ? await running.ended : await running.stop();
  await ended;
  if (typeof verdict === "object") throw verdict.error;
  return { verdict, end };
}

async function judge(
  running: RunningCommand,
  options: RunOptions,
  signal: AbortSignal,
): Promise<Verdict> {
  const { health, onStarted, onReady, term, logger } = options;
  // What a question leaves behind is found with the command's own leftovers.
  const environment = { ...term.environment, MASTERD_WORKLOAD_ID: running.workloadId };
  const context = health && { health, environment, logger };
  try {
    onStarted(running);
    if (context && !await becomesReady(context, signal)) return "not-ready";
    await onReady(running);
    await unhealthyOrAborted(context, signal);
    return "unhealthy";
  } catch (error) {
    if (signal.aborted) return "ended";
    throw error;
  }
}

async function unhealthyOrAborted(
  context: ProbeContext | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (context) return await becomesUnhealthy(context, signal);
  await aborted(signal);
  throw signal.reason;
}

function outcomeOf({ cause }: CommandEnd, ranMs: number): RunOutcome {
  return cause === "deadline" ? { kind: "out-of-time" } : { kind: "ended", ranMs };
}

function notStarted(error: CommandStartError, logger: Logger): Run {
  const { problem, isPermanent, isGone } = error;
  logger.error("could not start the command", { error });
  return {
    verdict: "ended",
    end: { cause: "not-started", error: describeError(error), isGone },
    outcome: problem === "deadline"
      ? { kind: "out-of-time" }
      : { kind: "not-started", isPermanent },
    ranMs: 0,
  };
}
