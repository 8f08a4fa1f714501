import { backoff } from "../../async/backoff.ts";
import { delay } from "../../async/delay.ts";
import { isStorageError } from "../errors.ts";
import { DataNodeError } from "./data_nodes.ts";

const MAX_FAILURES_IN_A_ROW = 4;
const PAUSES = { initialMs: 100, maxMs: 2000 };

/** Attempts at data nodes: few in a row, with growing pauses, and not at those that have just failed. */
export class DataAttempts {
  #pauses = backoff(PAUSES);
  #failures = 0;
  readonly #failed: DataNodeError[] = [];

  /** The data nodes to leave out. */
  get failed(): readonly DataNodeError[] {
    return this.#failed;
  }

  /** Waits for the next attempt; throws the error itself if another one is of no use. */
  async waitAfter(error: unknown, options: { signal: AbortSignal }): Promise<void> {
    this.#failures += 1;
    if (!isPassing(error) || this.#failures === MAX_FAILURES_IN_A_ROW) throw error;
    this.#failed.push(error);
    await delay(this.#pauses.next().value, options);
  }

  /** An attempt brought something: the count begins anew. */
  progressed(): void {
    this.#failures = 0;
    this.#pauses = backoff(PAUSES);
  }
}

function isPassing(error: unknown): error is DataNodeError {
  return error instanceof DataNodeError && isStorageError(error, "unavailable", "timeout");
}
