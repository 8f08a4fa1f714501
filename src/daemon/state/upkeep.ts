import { abortable, aborted } from "../../async/abortable.ts";
import { delay } from "../../async/delay.ts";
import { runTogether } from "../../async/run_together.ts";
import type { Logger } from "../../log/logger.ts";
import type { BrokenEntry } from "../../state/entry.ts";
import type { Collection } from "../../state/collector.ts";
import { scrub, type ScrubbedReader } from "./scrub.ts";

/** What upkeep acts upon: the state of one leadership. */
export interface KeptState {
  readonly reader: ScrubbedReader;
  collect(): Promise<Collection>;
  /** Looks through the state and tries the storage; says what it finds to whoever shows it. */
  examine(): Promise<void>;
  /** Whether the storage failed, and has not been seen at work since. */
  isInDoubt(): boolean;
  /** Whether entries are known to be broken. */
  knowsBroken(): boolean;
  /** Resolves once that is so. */
  untilInDoubt(options: { signal: AbortSignal }): Promise<void>;
  foundBroken(broken: BrokenEntry): void;
  /** A step of upkeep failed. */
  failed(act: string, error: unknown): void;
}

export interface UpkeepTimes {
  /** Until the first step: those who wait for a new leader come first. */
  startAfterMs: number;
  collectEveryMs: number;
  /** Between two looks at a storage that failed. */
  examineEveryMs: number;
  /** Between two looks of a standby at the storage. */
  lookEveryMs: number;
}

export const UPKEEP_TIMES: UpkeepTimes = {
  startAfterMs: 2000,
  collectEveryMs: 600_000,
  examineEveryMs: 30_000,
  lookEveryMs: 300_000,
};

/**
 * What is done for the state beside its use: garbage is collected, every content read once, a storage
 * that failed looked at again. Nothing of it ends a leadership.
 */
export async function keepUp(
  state: KeptState,
  { times, logger }: { times: UpkeepTimes; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  await runTogether([
    (signal) => collectAgainAndAgain(state, times, logger, signal),
    (signal) => readAllOnce(state, times, logger, signal),
    (signal) => examineWhenInDoubt(state, times, signal),
  ], signal);
}

async function collectAgainAndAgain(
  state: KeptState,
  { startAfterMs, collectEveryMs }: UpkeepTimes,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  await delay(startAfterMs, { signal });
  while (true) {
    await attempt(state, "collect garbage", signal, async () => {
      const { removed, finishedDeletions } = await state.collect();
      if (removed.length + finishedDeletions.length === 0) return;
      const bytes = removed.reduce((sum, { length }) => sum + length, 0);
      logger.info("garbage of the state collected", {
        blobs: removed.length,
        bytes,
        deletions: finishedDeletions.length,
      });
    });
    await delay(collectEveryMs, { signal });
    // Whoever gives a blob back to the storage tells nobody.
    if (!state.knowsBroken()) continue;
    await attempt(state, "look at what is broken", signal, () => state.examine());
  }
}

async function readAllOnce(
  state: KeptState,
  { startAfterMs, collectEveryMs }: UpkeepTimes,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  await delay(startAfterMs, { signal });
  const onBroken = (broken: BrokenEntry) => state.foundBroken(broken);
  const readAll = async () => {
    const entries = await scrub(state.reader, { onBroken, signal });
    logger.debug("every content of the state was read", { entries });
  };
  while (!await attempt(state, "read all contents", signal, readAll)) {
    await delay(collectEveryMs, { signal });
  }
  // A service that ends would end the others.
  await aborted(signal);
}

async function examineWhenInDoubt(
  state: KeptState,
  { examineEveryMs }: UpkeepTimes,
  signal: AbortSignal,
): Promise<void> {
  while (true) {
    await state.untilInDoubt({ signal });
    await delay(examineEveryMs, { signal });
    if (!state.isInDoubt()) continue;
    await attempt(state, "look through the state", signal, () => state.examine());
  }
}

/**
 * Whether the step succeeded; its failure is reported, and ends nothing. A storage that does not answer
 * must not keep a leadership that is to be given back: the step is then left to the end of the term.
 */
async function attempt(
  state: KeptState,
  act: string,
  signal: AbortSignal,
  step: () => Promise<void>,
): Promise<boolean> {
  try {
    await abortable(step(), signal);
    return true;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    state.failed(act, error);
    return false;
  }
}
