import { withLimit } from "../../async/abortable.ts";
import { delay } from "../../async/delay.ts";
import type { Logger } from "../../log/logger.ts";
import { isStateError } from "../../state/errors.ts";
import { verifyStorage } from "../../state/identity.ts";
import type { StateReader } from "../../state/state_reader.ts";
import { StorageError } from "../../storage/errors.ts";
import type { UpkeepTimes } from "./upkeep.ts";

export interface StandbyWatchOptions {
  openReader: (signal: AbortSignal) => Promise<StateReader>;
  /** A leader looks at its state by itself. */
  isLeading: () => boolean;
  times: UpkeepTimes;
  logger: Logger;
}

const LOOK_LIMIT_MS = 30_000;

/**
 * Looks from time to time whether this master, should it lead, could use the state: a folder that is not
 * shared, or not mounted here, is better known before the failover. What a new leader needs of the
 * storage is loaded by then, too. Ends with the signal only.
 */
export async function watchAsStandby(
  { openReader, isLeading, times, logger }: StandbyWatchOptions,
  signal: AbortSignal,
): Promise<void> {
  let known: string | undefined;
  await delay(times.startAfterMs, { signal });
  while (true) {
    const problem = isLeading() ? known : await problemOf(openReader, signal);
    if (problem !== known && problem !== undefined) {
      logger.warn("this master could not use the state if it led", { problem });
    } else if (problem !== known) logger.info("this master could use the state again");
    known = problem;
    await delay(times.lookEveryMs, { signal });
  }
}

/** What is wrong with the storage, seen from here; undefined if nothing, or if ZooKeeper cannot be asked. */
async function problemOf(
  openReader: StandbyWatchOptions["openReader"],
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await withLimit(async (signal) => {
      const reader = await openReader(signal);
      const identity = await reader.identity({ signal });
      if (identity !== undefined) await verifyStorage(reader.storage, identity, { signal });
    }, { act: "Looking at the storage", timeoutMs: LOOK_LIMIT_MS, signal });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const isOfStorage = error instanceof StorageError ||
      isStateError(error, "wrong-storage", "broken");
    return isOfStorage ? error.message : undefined;
  }
}
