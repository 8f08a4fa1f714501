import type { Logger } from "../log/logger.ts";
import { type GuardProcess, spawnGuard } from "./guard_process.ts";
import { ProcessGroup } from "./process_group.ts";
import { sweep, type SweptWorkload } from "./sweep.ts";

/** What supervision does to the processes of this host, and how long it waits for them. */
export interface GuardSystem {
  spawn(words: readonly string[], environment: Readonly<Record<string, string>>): GuardProcess;
  openGroup(pid: number): { kill(logger: Logger): Promise<void> };
  sweep(
    workload: SweptWorkload,
    options: { signal: AbortSignal },
  ): Promise<{ killed: number; left: number }>;
  now(): number;
  limits: GuardLimits;
}

export interface GuardLimits {
  /** Until a guard is ready for a command that is to start. */
  readyMs: number;
  /** Until a guard answers a question; a guard that misses two in a row is taken for frozen. */
  answerMs: number;
  /** Between two such questions. */
  questionIntervalMs: number;
  /** What a kill by the guard may be late before the daemon kills as well. */
  killSlackMs: number;
  /** Until the daemon has found and killed what a dead guard left behind. */
  sweepMs: number;
  /** Pauses after guards that did not get ready. */
  pauses: { initialMs: number; maxMs: number };
}

/** The real processes of this host. */
export const HOST: GuardSystem = {
  spawn: spawnGuard,
  openGroup: (pid) => new ProcessGroup(pid),
  sweep,
  now: () => performance.now(),
  limits: {
    readyMs: 10_000,
    answerMs: 5000,
    questionIntervalMs: 2000,
    killSlackMs: 250,
    sweepMs: 10_000,
    pauses: { initialMs: 500, maxMs: 30_000 },
  },
};
