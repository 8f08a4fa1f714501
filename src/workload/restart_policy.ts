/** When a command that ended is started again, and when that is of no use any more. */
export interface RestartOptions {
  /** The pause after the first end. */
  initialDelayMs: number;
  /** Pauses double up to this one. */
  maxDelayMs: number;
  /** After so many quick ends in a row the node gives up; Infinity: never. */
  attempts: number;
  /** A command that ran for this long ran well: its end is no quick one. */
  stableAfterMs: number;
}

/** How a run ended, as far as the next one depends on it. */
export type RunOutcome =
  | { kind: "ended"; ranMs: number }
  | { kind: "not-started"; isPermanent: boolean }
  /** Its time was over, which says nothing about the command. */
  | { kind: "out-of-time" };

export type RestartDecision =
  | { kind: "restart"; pauseMs: number; quickEnds: number }
  | { kind: "give-up"; reason: "crash-loop" | "cannot-start" };

/**
 * What follows the end of a run, after `quickEnds` quick ones in a row. The exit code plays no part:
 * a command is expected to run.
 */
export function nextRestart(
  quickEnds: number,
  outcome: RunOutcome,
  options: RestartOptions,
): RestartDecision {
  switch (outcome.kind) {
    case "out-of-time":
      return { kind: "restart", pauseMs: options.initialDelayMs, quickEnds };
    case "not-started":
      return afterNotStarted(quickEnds + 1, outcome.isPermanent, options);
    case "ended":
      return afterEnd(outcome.ranMs >= options.stableAfterMs ? 0 : quickEnds + 1, options);
  }
}

function afterNotStarted(
  quickEnds: number,
  isPermanent: boolean,
  options: RestartOptions,
): RestartDecision {
  const isHopeless = isPermanent && options.attempts !== Infinity;
  if (isHopeless || quickEnds >= options.attempts) {
    return { kind: "give-up", reason: "cannot-start" };
  }
  return restartAfter(quickEnds, options);
}

function afterEnd(quickEnds: number, options: RestartOptions): RestartDecision {
  if (quickEnds >= options.attempts) return { kind: "give-up", reason: "crash-loop" };
  return restartAfter(quickEnds, options);
}

function restartAfter(quickEnds: number, options: RestartOptions): RestartDecision {
  const { initialDelayMs, maxDelayMs } = options;
  const pauseMs = Math.min(initialDelayMs * 2 ** Math.max(quickEnds - 1, 0), maxDelayMs);
  return { kind: "restart", pauseMs, quickEnds };
}
