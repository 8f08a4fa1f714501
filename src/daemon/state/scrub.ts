import { delay } from "../../async/delay.ts";
import type { BrokenEntry } from "../../state/entry.ts";
import { isStateError } from "../../state/errors.ts";
import type { StateReader } from "../../state/state_reader.ts";

export type ScrubbedReader = Pick<StateReader, "list" | "get">;

export interface ScrubOptions {
  onBroken: (broken: BrokenEntry) => void;
  signal: AbortSignal;
  /** A monotonic clock in milliseconds. */
  now?: () => number;
}

/** Work for so long, then a pause as long as the work took: half of the storage is left to others. */
const TURN_MS = 20;

/**
 * Reads the newest version of every entry to its end, so that a blob that changed since it was written
 * is named before it is needed. Returns how many were read.
 * @throws {StateError} if the storage or ZooKeeper cannot be asked
 */
export async function scrub(reader: ScrubbedReader, options: ScrubOptions): Promise<number> {
  const { onBroken, signal, now = () => performance.now() } = options;
  const { entries } = await reader.list({ signal });
  const pace = new Pace(now, signal);
  let read = 0;
  for (const { name } of entries) {
    const options = { pace, signal };
    // One that is replaced while it is read looks broken: once more tells.
    const isWhole = await problemOf(reader, name, options) === undefined;
    const problem = isWhole ? undefined : await problemOf(reader, name, options);
    if (problem !== undefined) onBroken({ name, problem });
    read += 1;
    await pace.turn();
  }
  return read;
}

async function problemOf(
  reader: ScrubbedReader,
  name: string,
  { pace, signal }: { pace: Pace; signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { content } = await reader.get(name, { signal });
    for await (const _piece of content) await pace.turn();
    return undefined;
  } catch (error) {
    // Deleted since it was listed.
    if (isStateError(error, "not-found")) return undefined;
    if (isStateError(error, "broken")) return error.message;
    throw error;
  }
}

class Pace {
  readonly #now: () => number;
  readonly #signal: AbortSignal;
  #turnBegan: number;

  constructor(now: () => number, signal: AbortSignal) {
    this.#now = now;
    this.#signal = signal;
    this.#turnBegan = now();
  }

  async turn(): Promise<void> {
    const workedMs = this.#now() - this.#turnBegan;
    if (workedMs < TURN_MS) return;
    await delay(workedMs, { signal: this.#signal });
    this.#turnBegan = this.#now();
  }
}
