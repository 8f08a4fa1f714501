import { withLimit } from "../../async/abortable.ts";
import { delay } from "../../async/delay.ts";
import { StateError } from "../../state/errors.ts";
import type { StateAccess } from "./access.ts";

/** How long to look for what a write may have done. */
const LIMIT_MS = 10_000;
/** The same, for those who wait no longer. */
const SHORT_LIMIT_MS = 1000;
const PAUSE_MS = 200;

/** What became of a write whose answer was lost. */
export type Settlement<T> =
  | { kind: "done"; result: T }
  /** Surely not done, and never will be. */
  | { kind: "not-done" }
  | { kind: "unknown" };

export interface SettlementOptions<T> {
  access: Pick<StateAccess, "leaders">;
  /** The leadership that was asked to write. */
  leaderSessionId: string | undefined;
  /** What the write did, as far as it can be seen now; undefined if nothing can. */
  look: (options: { signal: AbortSignal }) => Promise<T | undefined>;
  signal: AbortSignal;
  limitMs?: number;
}

/**
 * Reads back until it is known what became of a write, at most for some seconds. That it cannot be seen
 * proves something only once another leads: ZooKeeper refuses every write of a former leader.
 */
export async function settle<T>(options: SettlementOptions<T>): Promise<Settlement<T>> {
  const { signal } = options;
  const isInHaste = signal.aborted;
  const { limitMs: timeoutMs = isInHaste ? SHORT_LIMIT_MS : LIMIT_MS } = options;
  const limits = { act: "Reading back", timeoutMs, ...(isInHaste ? {} : { signal }) };
  try {
    return await withLimit((limited) => watch(options, limited), limits);
  } catch (error) {
    const isGivenUp = signal.aborted || error instanceof StateError ||
      error instanceof DOMException;
    if (isGivenUp) return { kind: "unknown" };
    throw error;
  }
}

async function watch<T>(
  { access, leaderSessionId, look }: SettlementOptions<T>,
  signal: AbortSignal,
): Promise<Settlement<T>> {
  while (true) {
    // Before the look: what is not to be seen behind another's leadership never comes.
    const leader = await currentLeader(access, signal);
    const result = await look({ signal });
    if (result !== undefined) return { kind: "done", result };
    const isReplaced = leader !== undefined && leader !== leaderSessionId;
    if (isReplaced) return { kind: "not-done" };
    await delay(PAUSE_MS, { signal });
  }
}

async function currentLeader(
  access: Pick<StateAccess, "leaders">,
  signal: AbortSignal,
): Promise<string | undefined> {
  for await (const leader of access.leaders({ signal })) return leader?.leaderSessionId;
  return undefined;
}
