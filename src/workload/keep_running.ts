import { delay } from "../async/delay.ts";
import type { Logger } from "../log/logger.ts";
import type { RunEnd } from "./command_end.ts";
import type { Term } from "./command_options.ts";
import type { CoolDown } from "./cool_down.ts";
import type { HealthOptions } from "./health.ts";
import { nextRestart, type RestartOptions } from "./restart_policy.ts";
import { type Run, runOnce } from "./run_once.ts";
import type { RunningCommand } from "./running_command.ts";
import type { Supervisor } from "./supervisor.ts";
import type { GiveUpReason, WorkloadState } from "./workload_state.ts";

export interface KeepRunningOptions {
  restart: RestartOptions;
  /** How it is asked whether it is ready and well; absent: ready as soon as it runs, and always well. */
  health?: HealthOptions;
  /** How long to stay away after giving up. */
  coolDown: CoolDown;
  /** Called when the command is ready for the first time; if it rejects, so does the whole. */
  onReady?: () => Promise<void>;
  onState: (state: WorkloadState) => void;
  logger: Logger;
  signal: AbortSignal;
}

/** Why the command does not run any more. */
export type KeepRunningEnd =
  /** The signal aborted; there is no last end if nothing had been started. */
  | { kind: "stopped"; lastEnd: RunEnd | undefined }
  | { kind: "gave-up"; reason: GiveUpReason; lastEnd: RunEnd; coolDownMs: number };

/**
 * Runs the command under one term, again and again, until the signal aborts or it is of no use any
 * more. It has been stopped in order when this settles, well or badly.
 */
export async function keepRunning(
  supervisor: Pick<Supervisor, "start">,
  term: Term,
  options: KeepRunningOptions,
): Promise<KeepRunningEnd> {
  const { signal } = options;
  const runs = new Runs(supervisor, term, options);
  while (!signal.aborted) {
    const run = await runs.next();
    if (signal.aborted || run === undefined) break;
    const reason = await runs.reasonToGiveUp(run);
    if (reason !== undefined) return runs.giveUp(reason, run.end);
  }
  return runs.stopped();
}

/** The runs of one term. */
class Runs {
  readonly #supervisor: Pick<Supervisor, "start">;
  readonly #term: Term;
  readonly #options: KeepRunningOptions;
  #count = 0;
  #quickEnds = 0;
  #lastEnd: RunEnd | undefined;
  #isAnnounced = false;

  constructor(supervisor: Pick<Supervisor, "start">, term: Term, options: KeepRunningOptions) {
    this.#supervisor = supervisor;
    this.#term = term;
    this.#options = options;
  }

  /** Runs the command once; nothing if it was not started any more. */
  async next(): Promise<Run | undefined> {
    const { onState, health, logger, signal, restart, coolDown } = this.#options;
    onState({ kind: "starting", ...this.#past() });
    const startedAt = new Date().toISOString();
    const show = ({ pid }: RunningCommand, isReady: boolean) =>
      onState({ kind: "running", pid, startedAt, isReady, ...this.#past() });
    const run = await runOnce({
      supervisor: this.#supervisor,
      term: this.#term,
      health,
      onStarted: (running) => show(running, false),
      onReady: async (running) => {
        await this.#announce();
        show(running, true);
      },
      onStopping: ({ pid }) => onState({ kind: "stopping", pid }),
      logger,
    }, signal);
    this.#count++;
    this.#lastEnd = run?.end ?? this.#lastEnd;
    if (run !== undefined && run.ranMs >= restart.stableAfterMs) coolDown.ranWell();
    return run;
  }

  /** Waits until the next run may begin, unless there is a reason for none. */
  async reasonToGiveUp({ verdict, end, outcome }: Run): Promise<GiveUpReason | undefined> {
    if (verdict !== "ended") return verdict;
    const { restart, onState, logger, signal } = this.#options;
    const decision = nextRestart(this.#quickEnds, outcome, restart);
    if (decision.kind === "give-up") return decision.reason;
    const { pauseMs } = decision;
    this.#quickEnds = decision.quickEnds;
    logger.warn("the command will be started again", { pauseMs, quickEnds: this.#quickEnds });
    onState({ kind: "waiting", pauseMs, restarts: this.#count, lastEnd: end });
    await delay(pauseMs, { signal }).catch(() => {});
  }

  giveUp(reason: GiveUpReason, lastEnd: RunEnd): KeepRunningEnd {
    const { onState, coolDown, logger } = this.#options;
    const coolDownMs = coolDown.giveUp();
    logger.error("gave up running the command", { reason, coolDownMs });
    onState({ kind: "cooling-down", coolDownMs, reason, lastEnd });
    return { kind: "gave-up", reason, lastEnd, coolDownMs };
  }

  stopped(): KeepRunningEnd {
    this.#options.onState({ kind: "idle" });
    return { kind: "stopped", lastEnd: this.#lastEnd };
  }

  #past(): { restarts: number; lastEnd: RunEnd | undefined } {
    return { restarts: this.#count, lastEnd: this.#lastEnd };
  }

  async #announce(): Promise<void> {
    if (this.#isAnnounced) return;
    await this.#options.onReady?.();
    this.#isAnnounced = true;
  }
}
