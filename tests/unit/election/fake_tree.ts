import {
  joinPath,
  parentPath,
  type Stat,
  ZkError,
  type ZkErrorCode,
  type ZooKeeper,
} from "zookeeper";

interface FakeNode {
  data: Uint8Array;
  owner: bigint;
}

/** Nodes that can be read, and what is answered in their place. */
export class FakeTree {
  readonly #nodes = new Map<string, FakeNode>();
  readonly #refusals = new Map<string, ZkErrorCode>();
  /** The reads, in their order. */
  readonly reads: string[] = [];

  /** Adds nodes, and what is missing above them. */
  add(...paths: readonly string[]): this {
    for (const path of paths) this.addNode(path);
    return this;
  }

  addNode(path: string, { data = new Uint8Array(), owner = 0n }: Partial<FakeNode> = {}): this {
    if (path !== "/" && !this.#nodes.has(parentPath(path))) this.addNode(parentPath(path));
    this.#nodes.set(path, { data, owner });
    return this;
  }

  remove(path: string): this {
    this.#nodes.delete(path);
    return this;
  }

  /** Answers reads of a node's children and data with an error. */
  refuse(path: string, code: ZkErrorCode = "NoAuth"): this {
    this.#refusals.set(path, code);
    return this;
  }

  get asZooKeeper(): ZooKeeper {
    const zk = {
      getChildren: (path: string) => this.#answer("getChildren", path, () => this.#children(path)),
      getData: (path: string) => this.#answer("getData", path, () => this.#data(path)),
      exists: (path: string) => this.#answer("exists", path, () => this.#stat(path)),
    };
    return zk as unknown as ZooKeeper;
  }

  #answer<T>(operation: string, path: string, read: () => T): Promise<T> {
    this.reads.push(`${operation} ${path}`);
    // Whoever may not read a node may ask all the same whether it is there.
    const refusal = operation === "exists" ? undefined : this.#refusals.get(path);
    const isMissing = operation !== "exists" && !this.#nodes.has(path);
    const code = refusal ?? (isMissing ? "NoNode" : undefined);
    if (code !== undefined) return Promise.reject(new ZkError(code, { operation, path }));
    return Promise.resolve(read());
  }

  #children(path: string): { children: string[] } {
    const prefix = joinPath(path, "");
    const names = [...this.#nodes.keys()]
      .filter((node) => node.startsWith(prefix) && node !== path)
      .map((node) => node.slice(prefix.length))
      .filter((name) => !name.includes("/"));
    return { children: names };
  }

  #data(path: string): { data: Uint8Array; stat: Stat } {
    return { data: this.#nodes.get(path)!.data, stat: this.#stat(path)! };
  }

  #stat(path: string): Stat | undefined {
    const node = this.#nodes.get(path);
    if (node === undefined) return undefined;
    const numChildren = this.#children(path).children.length;
    return { ephemeralOwner: node.owner, numChildren } as Stat;
  }
}
