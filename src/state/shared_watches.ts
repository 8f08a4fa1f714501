/**
 * One watcher for each path, however many listen: the client keeps a watcher until its node changes,
 * also when nobody listens any more, and would keep one for each who ever did.
 */
export class SharedWatches {
  readonly #paths = new Map<string, { listeners: Set<() => void>; watcher: () => void }>();

  /** The watcher to set on a path; behind it the listener is called, until this is disposed. */
  listen(path: string, listener: () => void): { watcher: () => void } & Disposable {
    const { listeners, watcher } = this.#paths.get(path) ?? this.#add(path);
    listeners.add(listener);
    return { watcher, [Symbol.dispose]: () => void listeners.delete(listener) };
  }

  #add(path: string): { listeners: Set<() => void>; watcher: () => void } {
    const listeners = new Set<() => void>();
    const watcher = () => {
      if (listeners.size === 0) this.#paths.delete(path);
      for (const listener of [...listeners]) listener();
    };
    const shared = { listeners, watcher };
    this.#paths.set(path, shared);
    return shared;
  }
}
