import { isZkError, joinPath, parentPath, type ZooKeeper } from "zookeeper";
import { inParallel } from "../async/in_parallel.ts";
import { BoundedReads, TooManyReadsError } from "./bounded_reads.ts";
import { type ClusterCondition, readCondition } from "./cluster_condition.ts";
import { type ClusterKind, isPart, kindOf, possibleParts } from "./cluster_parts.ts";

/** What lies at a node below the root of all clusters. */
export type Occupant =
  & { path: string }
  & (
    | ClusterCondition
    /** A child of the root that is no cluster, and has none anywhere below it. */
    | { kind: "foreign" }
    /** ZooKeeper does not let this session read it, or it has too many children. */
    | { kind: "unreadable" }
  );

export interface ClusterListing {
  /** By their paths. */
  occupants: readonly Occupant[];
  /** False: there was more than may be read. */
  isComplete: boolean;
}

export interface ClusterSearch {
  /** Where to begin; clusters may lie several levels below. */
  root: string;
  /** The parent of the entries of state of the cluster at a path. */
  entriesOf: (path: string) => string;
  /** How many nodes to read at most. */
  maxReads?: number;
  signal: AbortSignal;
}

const MAX_READS = 5000;
const PARALLEL_NODES = 20;

/** Finds the clusters below a root, and what else lies there; reads only. */
export async function findClusters(
  zk: ZooKeeper,
  options: ClusterSearch,
): Promise<ClusterListing> {
  const { root, maxReads: limit = MAX_READS, signal } = options;
  const walk = new ClusterWalk(new BoundedReads(zk, { limit, signal }), options);
  // Level by level: a large foreign tree hides no cluster that lies higher up.
  for (let level = [root]; level.length > 0;) level = await walk.visitAll(level);
  return walk.listing();
}

class ClusterWalk {
  readonly #reads: BoundedReads;
  readonly #root: string;
  readonly #entriesOf: (path: string) => string;
  readonly #found: Occupant[] = [];
  readonly #unread: string[] = [];
  /** Children of the root that are no clusters. */
  readonly #others: string[] = [];

  constructor(reads: BoundedReads, { root, entriesOf }: ClusterSearch) {
    this.#reads = reads;
    this.#root = root;
    this.#entriesOf = entriesOf;
  }

  /** Looks at nodes, and gives those below that are to be looked at next. */
  async visitAll(paths: readonly string[]): Promise<string[]> {
    const next: string[] = [];
    await inParallel(paths, PARALLEL_NODES, async (path) => {
      for (const child of await this.#visitIfAllowed(path)) next.push(child);
    });
    return next.sort();
  }

  listing(): ClusterListing {
    const occupied = [...this.#found.map(({ path }) => path), ...this.#unread];
    const inhabited = new Set(occupied.map((path) => this.#childAbove(path)));
    const foreign = this.#others
      .filter((other) => !inhabited.has(other))
      .map((path) => ({ kind: "foreign", path }) as const);
    const occupants = [...this.#found, ...foreign].sort(byPath);
    return { occupants, isComplete: this.#unread.length === 0 };
  }

  /** The child of the root that a path goes through. */
  #childAbove(path: string): string {
    const end = path.indexOf("/", joinPath(this.#root, "").length);
    return end < 0 ? path : path.slice(0, end);
  }

  async #visitIfAllowed(path: string): Promise<string[]> {
    try {
      return await this.#visit(path);
    } catch (error) {
      if (error instanceof TooManyReadsError) this.#unread.push(path);
      else if (isRefusal(error)) this.#found.push({ kind: "unreadable", path });
      else throw error;
      return [];
    }
  }

  async #visit(path: string): Promise<string[]> {
    const children = await this.#reads.children(path);
    if (children === undefined) return [];
    const parts = await this.#parts(path, children);
    const kind = kindOf(parts);
    if (kind !== undefined) this.#found.push(await this.#occupant(path, kind));
    else if (path !== this.#root && parentPath(path) === this.#root) this.#others.push(path);
    return children.filter((name) => !parts.has(name)).map((name) => joinPath(path, name));
  }

  async #parts(path: string, children: readonly string[]): Promise<Set<string>> {
    const parts = new Set<string>();
    await Promise.all(
      possibleParts(children).map(async (name) => {
        // One that is refused is looked at again on its own, and named then.
        const below = await ifAllowed(() => this.#reads.children(joinPath(path, name)));
        if (below !== undefined && isPart(name, below)) parts.add(name);
      }),
    );
    return parts;
  }

  async #occupant(path: string, kind: ClusterKind): Promise<Occupant> {
    const cluster = { path, kind, entries: this.#entriesOf(path) };
    const condition = await ifAllowed(() => readCondition(this.#reads, cluster));
    return { path, ...condition ?? { kind: "unreadable" } };
  }
}

/** What an act gives; undefined if ZooKeeper refused one of its reads. */
async function ifAllowed<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return isZkError(error, "NoAuth", "ResponseTooLarge");
}

function byPath(one: Occupant, other: Occupant): number {
  return one.path < other.path ? -1 : 1;
}
