import { delay } from "../../async/delay.ts";
import type { WorkerChange } from "../worker_registry.ts";
import type { Journal } from "./journal.ts";

/** So many are told one by one, of each kind and period; of the others only how many they are. */
const TOLD_EACH = 10;
const PERIOD_MS = 1000;

const WORDS: Readonly<Record<WorkerChange["kind"], string>> = {
  registered: "registered",
  unregistered: "unregistered",
  lost: "lost: no heartbeat",
};

/** Notes which workers come and go; thousands that come at once, as after a failover, in a few entries. */
export class WorkerNotes {
  readonly #journal: Pick<Journal, "note">;
  readonly #counts = new Map<WorkerChange["kind"], number>();

  constructor(journal: Pick<Journal, "note">) {
    this.#journal = journal;
  }

  changed({ kind, workerId, host }: WorkerChange): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count > TOLD_EACH) return;
    this.#journal.note("worker", `worker ${workerId} ${WORDS[kind]}`, { workerId, host });
  }

  /** Begins a new period again and again, and sums up the one before. */
  async run(signal: AbortSignal): Promise<void> {
    while (true) {
      await delay(PERIOD_MS, { signal });
      this.sumUp();
    }
  }

  sumUp(): void {
    for (const [kind, count] of this.#counts) {
      const more = count - TOLD_EACH;
      if (more <= 0) continue;
      const noun = more === 1 ? "worker" : "workers";
      this.#journal.note("worker", `${more} more ${noun} ${WORDS[kind]}`, { workers: more });
    }
    this.#counts.clear();
  }
}
