import { EventType, type WatcherType } from "./wire/constants.ts";

/** What a watcher is told. `sessionEnded` is the last word: the session expired or was closed. */
export interface WatchEvent {
  /** What happened. */
  kind: "created" | "deleted" | "dataChanged" | "childrenChanged" | "removed" | "sessionEnded";
  /** Where it happened. */
  path: string;
}

/** Called once for a one-shot watch, any number of times for a persistent one. Must not throw. */
export type Watcher = (event: WatchEvent) => void;

/** The server's five tables; a watch of `getData` lies in another than one of `exists`. */
export type WatchKind = "data" | "exist" | "child" | "persistent" | "persistentRecursive";

const KINDS: readonly WatchKind[] = ["data", "exist", "child", "persistent", "persistentRecursive"];

const ONE_SHOT_BY_EVENT: Partial<Record<WatchEvent["kind"], readonly WatchKind[]>> = {
  created: ["data", "exist"],
  dataChanged: ["data", "exist"],
  childrenChanged: ["child"],
  deleted: ["data", "exist", "child"],
};

const KINDS_BY_TYPE: Record<keyof typeof WatcherType, readonly WatchKind[]> = {
  children: ["child"],
  data: ["data", "exist"],
  any: KINDS,
  persistent: ["persistent"],
  persistentRecursive: ["persistentRecursive"],
};

/** Watches to set again on a new connection, small enough for one packet. */
export type WatchBatch = Record<WatchKind, string[]>;

/**
 * Which watchers wait for what: the client's half of what a server forgets with each connection.
 * Paths are the server's.
 */
export class WatchTable {
  readonly #tables: Record<WatchKind, Map<string, Set<Watcher>>> = {
    data: new Map(),
    exist: new Map(),
    child: new Map(),
    persistent: new Map(),
    persistentRecursive: new Map(),
  };

  add(kind: WatchKind, path: string, watcher: Watcher): void {
    const table = this.#tables[kind];
    const watchers = table.get(path);
    if (watchers === undefined) table.set(path, new Set([watcher]));
    else watchers.add(watcher);
  }

  /** Those whom an event concerns; one-shot watches are used up by it. */
  take(kind: WatchEvent["kind"], path: string): Watcher[] {
    const concerned = new Set<Watcher>();
    const collect = (watchers: Iterable<Watcher> = []) => {
      for (const watcher of watchers) concerned.add(watcher);
    };
    for (const oneShot of ONE_SHOT_BY_EVENT[kind] ?? []) collect(this.#remove(oneShot, path));
    collect(this.#tables.persistent.get(path));
    if (kind !== "childrenChanged") {
      for (const ancestor of selfAndAncestors(path)) {
        collect(this.#tables.persistentRecursive.get(ancestor));
      }
    }
    return [...concerned];
  }

  /** Forgets the watches of these kinds on a path, and tells whose they were. */
  removeAll(kinds: readonly WatchKind[], path: string): Watcher[] {
    return [...new Set(kinds.flatMap((kind) => [...this.#remove(kind, path)]))];
  }

  /** Everything that waits, with its path; the table is empty afterwards. */
  drain(): { path: string; watcher: Watcher }[] {
    const drained: { path: string; watcher: Watcher }[] = [];
    for (const kind of KINDS) {
      for (const [path, watchers] of this.#tables[kind]) {
        for (const watcher of watchers) drained.push({ path, watcher });
      }
      this.#tables[kind].clear();
    }
    return drained;
  }

  /**
   * All watches, cut so that no packet passes the server's limit: a larger one closes the
   * connection, and the next attempt would close it again (ZOOKEEPER-706).
   */
  *batches(maxBytes: number): Generator<WatchBatch> {
    let batch = emptyBatch();
    let bytes = 0;
    for (const kind of KINDS) {
      for (const path of this.#tables[kind].keys()) {
        const pathBytes = encodedLength(path);
        if (bytes > 0 && bytes + pathBytes > maxBytes) {
          yield batch;
          batch = emptyBatch();
          bytes = 0;
        }
        batch[kind].push(path);
        bytes += pathBytes;
      }
    }
    if (bytes > 0) yield batch;
  }

  #remove(kind: WatchKind, path: string): ReadonlySet<Watcher> {
    const watchers = this.#tables[kind].get(path) ?? new Set();
    this.#tables[kind].delete(path);
    return watchers;
  }
}

/** Tells watchers what the server says, in the caller's paths. */
export class WatchDispatcher {
  readonly table = new WatchTable();
  readonly #toClientPath: (serverPath: string) => string;

  constructor(toClientPath: (serverPath: string) => string) {
    this.#toClientPath = toClientPath;
  }

  /** A notification; one of a type that this client does not know is passed over. */
  notify(notification: { type: number; path: string }): void {
    const kind = watchEventKind(notification.type);
    if (kind === undefined) return;
    const watchers = kind === "removed"
      ? this.table.removeAll(removedKinds(notification.type), notification.path)
      : this.table.take(kind, notification.path);
    this.#tell(watchers, kind, notification.path);
  }

  /** The server has removed the watches of a type on a path: tells those who waited. */
  removed(type: keyof typeof WatcherType, path: string): void {
    this.#tell(this.table.removeAll(KINDS_BY_TYPE[type], path), "removed", path);
  }

  /** The session is over: tells everyone who still waits. */
  end(): void {
    for (const { path, watcher } of this.table.drain()) {
      this.#tell([watcher], "sessionEnded", path);
    }
  }

  #tell(watchers: readonly Watcher[], kind: WatchEvent["kind"], serverPath: string): void {
    const event = { kind, path: this.#toClientPath(serverPath) };
    for (const watcher of watchers) watcher(event);
  }
}

function watchEventKind(type: number): WatchEvent["kind"] | undefined {
  switch (type) {
    case EventType.created:
      return "created";
    case EventType.deleted:
      return "deleted";
    case EventType.dataChanged:
      return "dataChanged";
    case EventType.childrenChanged:
      return "childrenChanged";
    case EventType.dataWatchRemoved:
    case EventType.childWatchRemoved:
    case EventType.persistentWatchRemoved:
      return "removed";
    default:
      return undefined;
  }
}

function removedKinds(type: number): readonly WatchKind[] {
  if (type === EventType.dataWatchRemoved) return ["data", "exist"];
  if (type === EventType.childWatchRemoved) return ["child"];
  return ["persistent", "persistentRecursive"];
}

function emptyBatch(): WatchBatch {
  return { data: [], exist: [], child: [], persistent: [], persistentRecursive: [] };
}

function encodedLength(path: string): number {
  return 4 + new TextEncoder().encode(path).length;
}

function* selfAndAncestors(path: string): Generator<string> {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    yield path.slice(0, end);
  }
  if (path !== "/") yield "/";
}
