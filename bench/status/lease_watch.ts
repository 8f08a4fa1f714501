import { delay } from "../../src/async/delay.ts";
import { call } from "../../src/http/call.ts";
import type { NodeStatus } from "../../src/http/status.ts";

const INTERVAL_MS = 100;

/** Looks again and again at how much of its lease a leader has left. */
export class LeaseWatch implements Disposable {
  leastMs = Infinity;
  readonly #stop = new AbortController();

  static start(port: number): LeaseWatch {
    const watch = new LeaseWatch();
    watch.#run(`http://localhost:${port}/api/v1/status`, watch.#stop.signal).catch(() => {
      if (!watch.#stop.signal.aborted) watch.leastMs = NaN;
    });
    return watch;
  }

  [Symbol.dispose](): void {
    this.#stop.abort();
  }

  async #run(url: string, signal: AbortSignal): Promise<void> {
    while (true) {
      const { leader } = (await call(url, { method: "GET", signal })).body as NodeStatus;
      this.leastMs = Math.min(this.leastMs, leader?.leaseLeftMs ?? -Infinity);
      await delay(INTERVAL_MS, { signal });
    }
  }
}
