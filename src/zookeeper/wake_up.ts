import type { ZooKeeper } from "./client.ts";

/**
 * One reason to look again, whatever happened: a watch, or a change of the session's state. `wake` is
 * always the same function, so that setting it again as a watch does not pile up watchers.
 */
export class WakeUp implements Disposable {
  /** Something has happened; to be used as a watcher. */
  readonly wake = (): void => {
    this.#isWoken = true;
    this.#woken.resolve();
  };
  readonly #unsubscribe: () => void;
  #woken = Promise.withResolvers<void>();
  #isWoken = false;

  /** Also woken by each change of this session's state. */
  constructor(zk: ZooKeeper) {
    this.#unsubscribe = zk.onStateChange(this.wake);
  }

  /** Whether something has happened since `reset()`. */
  get isWoken(): boolean {
    return this.#isWoken;
  }

  /** Forgets what happened so far; call it before looking, so that nothing falls in between. */
  reset(): void {
    this.#woken = Promise.withResolvers();
    this.#isWoken = false;
  }

  /** Resolves once something has happened since `reset()`; rejects with the signal's reason. */
  async next(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([this.#woken.promise, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** No longer listens to the session. */
  [Symbol.dispose](): void {
    this.#unsubscribe();
  }
}
