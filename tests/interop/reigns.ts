import assert from "node:assert/strict";

interface Reign {
  leader: string;
  fromMs: number;
  /** Infinity while it lasts. */
  untilMs: number;
}

/** Who led from when until when, on one monotonic clock. */
export class Reigns {
  readonly #reigns: Reign[] = [];
  readonly #waiting = new Set<() => void>();

  begin(leader: string, atMs: number): void {
    this.#reigns.push({ leader, fromMs: atMs, untilMs: Infinity });
    for (const wake of this.#waiting) wake();
  }

  /** Ends the leader's current reign; nothing happens if it has none. */
  end(leader: string, atMs: number): void {
    const reign = this.#reigns.findLast((candidate) => candidate.leader === leader);
    if (reign) reign.untilMs = Math.min(reign.untilMs, atMs);
  }

  count(leader: string): number {
    return this.#reigns.filter((reign) => reign.leader === leader).length;
  }

  /** Resolves once the leader has begun `count` reigns; rejects after 30 seconds. */
  reached(leader: string, count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        settle();
      };
      const wake = () => {
        if (this.count(leader) >= count) finish(resolve);
      };
      const timer = setTimeout(
        () => finish(() => reject(new Error(`${leader} has not begun its reign ${count}`))),
        30_000,
      );
      this.#waiting.add(wake);
      wake();
    });
  }

  /** Asserts that each reign began after the one before it ended, as far as the clock can tell. */
  assertNeverTwo(clockErrorMs: number): void {
    for (const [before, after] of this.#pairs()) {
      assert.ok(
        before.untilMs <= after.fromMs + clockErrorMs,
        `two leaders: ${Deno.inspect([before, after])}`,
      );
    }
  }

  /** How long there was no leader between two, each time, in order. */
  gapsMs(): number[] {
    return this.#pairs().map(([before, after]) => after.fromMs - before.untilMs);
  }

  #pairs(): [Reign, Reign][] {
    const sorted = this.#reigns.toSorted((a, b) => a.fromMs - b.fromMs);
    return sorted.slice(1).map((after, index) => [sorted[index]!, after]);
  }
}
