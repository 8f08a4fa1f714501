import { EventType, Permission, WatcherType } from "../../zookeeper/wire/constants.ts";
import type { Acl } from "../../zookeeper/wire/records.ts";
import { allows } from "./acls.ts";
import type { Touched } from "./application.ts";
import { parentPath } from "./paths.ts";
import type { Author } from "./requests.ts";

/** Whoever is told: a connection, of which the tree knows only who speaks there. */
export interface Watcher {
  readonly author: Author;
}

/** What a watcher is told; `type` is one of `EventType`. */
export interface WatchEvent {
  readonly watcher: Watcher;
  readonly type: number;
  readonly path: string;
  /** The transaction that it tells of. */
  readonly zxid: bigint;
}

/** How many watches there are; one of data and children counts twice, as ZooKeeper counts. */
export interface WatchCounts {
  readonly watchers: number;
  readonly paths: number;
  readonly watches: number;
}

/** What a watcher watches of a path: a sum of these. A persistent watch is one of data and one of children. */
export const Watch = {
  data: 1,
  children: 2,
  persistentData: 4,
  persistentChildren: 8,
  recursive: 16,
} as const;

const OF_DATA = Watch.data | Watch.persistentData | Watch.recursive;
const OF_CHILDREN = Watch.children | Watch.persistentChildren;
const ALL = OF_DATA | OF_CHILDREN;
const PERSISTENT = Watch.persistentData | Watch.persistentChildren;
const ONE_SHOT = Watch.data | Watch.children;

/** What `removeWatches` and `checkWatches` mean by their types; the last two since ZooKeeper 3.9. */
export const WATCHES_OF_TYPE: ReadonlyMap<number, number> = new Map([
  [WatcherType.children, OF_CHILDREN],
  [WatcherType.data, OF_DATA],
  [WatcherType.any, ALL],
  [WatcherType.persistent, PERSISTENT],
  [WatcherType.persistentRecursive, Watch.recursive],
]);

/** What happened to a path, and which watches of it that concerns. */
interface Firing {
  readonly path: string;
  readonly acl: readonly Acl[];
  readonly zxid: bigint;
  readonly type: number;
  readonly watches: number;
}

/** Who watches what. Most paths have one watcher, so sets are made for the others only. */
export class Watches {
  readonly #watchers = new Map<string, Watcher | Set<Watcher>>();
  readonly #paths = new Map<Watcher, Map<string, number>>();
  #count = 0;
  #recursiveCount = 0;

  add(path: string, watcher: Watcher, watches: number): void {
    const before = this.#get(path, watcher);
    if (before === 0) this.#link(path, watcher);
    this.#set(path, watcher, { before, after: before | watches });
  }

  has(path: string, watcher: Watcher, watches: number): boolean {
    return (this.#get(path, watcher) & watches) !== 0;
  }

  /** Forgets some watches of a path; false if there were none of these. */
  remove(path: string, watcher: Watcher, watches: number): boolean {
    const before = this.#get(path, watcher);
    if ((before & watches) === 0) return false;
    this.#set(path, watcher, { before, after: before & ~watches });
    return true;
  }

  removeWatcher(watcher: Watcher): void {
    for (const [path, watches] of this.#paths.get(watcher) ?? []) {
      this.#set(path, watcher, { before: watches, after: 0 });
    }
  }

  /**
   * Whom a change concerns; one-shot watches are used up. Who watches a node's data and its
   * children is told of its deletion once. Who may not read a node is not told of it, since
   * ZooKeeper mended CVE-2024-23944.
   */
  fire({ kind, path, acl, parentAcl }: Touched, zxid: bigint): WatchEvent[] {
    switch (kind) {
      case "created":
        return [
          ...this.#fire({ path, acl, zxid, type: EventType.created, watches: OF_DATA }),
          ...this.#childrenChanged(path, parentAcl, zxid),
        ];
      case "deleted":
        return [
          ...this.#fire({ path, acl, zxid, type: EventType.deleted, watches: ALL }),
          ...this.#childrenChanged(path, parentAcl, zxid),
        ];
      case "dataChanged":
        return this.#fire({ path, acl, zxid, type: EventType.dataChanged, watches: OF_DATA });
    }
  }

  counts(): WatchCounts {
    return {
      watchers: this.#paths.size,
      paths: this.#watchers.size,
      watches: this.#count,
    };
  }

  *byWatcher(): Generator<[Watcher, Iterable<string>]> {
    for (const [watcher, paths] of this.#paths) yield [watcher, paths.keys()];
  }

  /** Recursive watches are not told of lists of children: they see the children themselves. */
  #childrenChanged(path: string, acl: readonly Acl[], zxid: bigint): WatchEvent[] {
    const parent = parentPath(path) || "/";
    const type = EventType.childrenChanged;
    return this.#fire({ path: parent, acl, zxid, type, watches: OF_CHILDREN });
  }

  #fire({ path, acl, zxid, type, watches }: Firing): WatchEvent[] {
    const isAboutAll = isRecursive(watches) && this.#recursiveCount > 0;
    if (!isAboutAll && !this.#watchers.has(path)) return [];
    const concerned = new Set<Watcher>();
    for (const watcher of this.#watchersOf(path)) {
      if (this.has(path, watcher, watches)) concerned.add(watcher);
    }
    for (const watcher of concerned) this.remove(path, watcher, watches & ONE_SHOT);
    if (isAboutAll) this.#addRecursive(path, concerned);
    const events: WatchEvent[] = [];
    for (const watcher of concerned) {
      const mayKnow = allows(acl, Permission.read, watcher.author.identities);
      if (mayKnow) events.push({ watcher, type, path, zxid });
    }
    return events;
  }

  #addRecursive(path: string, concerned: Set<Watcher>): void {
    for (let at = path; at !== "" && at !== "/";) {
      at = parentPath(at) || "/";
      for (const watcher of this.#watchersOf(at)) {
        if (this.has(at, watcher, Watch.recursive)) concerned.add(watcher);
      }
    }
  }

  #watchersOf(path: string): Iterable<Watcher> {
    const watchers = this.#watchers.get(path);
    if (watchers === undefined) return [];
    return watchers instanceof Set ? watchers : [watchers];
  }

  #get(path: string, watcher: Watcher): number {
    return this.#paths.get(watcher)?.get(path) ?? 0;
  }

  #set(path: string, watcher: Watcher, { before, after }: { before: number; after: number }): void {
    this.#count += countOf(after) - countOf(before);
    this.#recursiveCount += Number(isRecursive(after)) - Number(isRecursive(before));
    if (after === 0) return this.#unlink(path, watcher);
    this.#paths.get(watcher)!.set(path, after);
  }

  #link(path: string, watcher: Watcher): void {
    const watchers = this.#watchers.get(path);
    if (watchers === undefined) this.#watchers.set(path, watcher);
    else if (watchers instanceof Set) watchers.add(watcher);
    else this.#watchers.set(path, new Set([watchers, watcher]));
    if (!this.#paths.has(watcher)) this.#paths.set(watcher, new Map());
  }

  #unlink(path: string, watcher: Watcher): void {
    const watchers = this.#watchers.get(path);
    if (watchers instanceof Set) watchers.delete(watcher);
    if (watchers === watcher || (watchers as Set<Watcher>).size === 0) this.#watchers.delete(path);
    const paths = this.#paths.get(watcher)!;
    paths.delete(path);
    if (paths.size === 0) this.#paths.delete(watcher);
  }
}

function isRecursive(watches: number): boolean {
  return (watches & Watch.recursive) !== 0;
}

function countOf(watches: number): number {
  return Number((watches & OF_DATA) !== 0) + Number((watches & OF_CHILDREN) !== 0);
}
