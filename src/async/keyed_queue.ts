/** Runs tasks of the same key one after another, in the order they came; others side by side. */
export class KeyedQueue<K> {
  readonly #last = new Map<K, Promise<unknown>>();

  /** Resolves or rejects as the task does, which begins once those before it have ended. */
  async run<T>(key: K, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const done = before === undefined ? task() : before.then(task);
    const settled = done.then(() => {}, () => {});
    this.#last.set(key, settled);
    try {
      return await done;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}
