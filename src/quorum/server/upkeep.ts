import { delay } from "../../async/delay.ts";
import type { Logger } from "../../log/logger.ts";
import type { Store } from "../storage/mod.ts";
import type { ServerParts } from "./server_parts.ts";

const SNAPSHOT_LOOK_MS = 1000;
const MS_PER_MINUTE = 60_000;

/** Deletes containers that are empty and nodes whose time is over, until the signal aborts. */
export async function sweep(
  { ledger, settings }: ServerParts,
  signal: AbortSignal,
): Promise<void> {
  const pauseMs = MS_PER_MINUTE / settings.sweptPerMinute;
  while (true) {
    await delay(settings.sweepIntervalMs, { signal });
    let debtMs = 0;
    for (const path of [...ledger.database.expiredNodes(BigInt(Date.now()))]) {
      ledger.deleteUnused(path);
      debtMs += pauseMs;
      // Whoever uses the server has its turn between two deletions; timers are too coarse for each.
      if (debtMs < 10) continue;
      ledger.flush();
      await delay(debtMs, { signal });
      debtMs = 0;
    }
    ledger.flush();
  }
}

/**
 * Takes a snapshot whenever the log has grown enough, until the signal aborts: the next start need
 * not read what lies before it. One that cannot be written is tried again later; the log stays.
 */
export async function takeSnapshots(
  { ledger: { database, snapshotPolicy }, statistics }: ServerParts,
  { store, logger }: { store: Store; logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (true) {
    await delay(SNAPSHOT_LOOK_MS, { signal });
    if (!snapshotPolicy.isDue) continue;
    snapshotPolicy.restart();
    const startedAtMs = performance.now();
    try {
      await store.snapshot(database.snapshot(), signal);
    } catch (error) {
      signal.throwIfAborted();
      logger.error("cannot take a snapshot", { error: asError(error) });
      continue;
    }
    statistics.snapshots++;
    const tookMs = Math.round(performance.now() - startedAtMs);
    logger.info("snapshot taken", { nodes: database.nodeCount, tookMs });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
