import {
  type Acl,
  OPEN_ACL,
  parentPath,
  type Stat,
  TransactionError,
  type TransactionStep,
  validatePath,
  ZkError,
  type ZkErrorCode,
} from "zookeeper";

/** A node of the fake, with what ZooKeeper knows of it. */
export interface FakeNode {
  data: Uint8Array;
  version: number;
  czxid: bigint;
  mzxid: bigint;
  pzxid: bigint;
  owner: bigint;
  acl: readonly Acl[];
}

export type FakeTree = ReadonlyMap<string, FakeNode>;

/** A change of the tree, as it was agreed on. */
export interface FakeCommit {
  steps: readonly TransactionStep[];
  session: bigint;
  before: FakeTree;
  after: FakeTree;
}

/** What all servers agree on: one tree for each transaction, and who may write. */
export class FakeEnsemble {
  readonly #ended = new Set<bigint>();
  readonly #followers = new Set<() => void>();
  #zxid = 0x1_0000_0000n;
  #tree: FakeTree = new Map([["/", newNode({ zxid: 0n })]]);
  /** Told of each change, at once. */
  onCommit: (commit: FakeCommit) => void = () => {};
  /** Paths that nobody may read or write. */
  readonly forbidden = new Set<string>();
  /** What its servers do not know, as an old one does not. */
  readonly unimplemented = new Set<string>();

  get tree(): FakeTree {
    return this.#tree;
  }

  /** Calls the listener behind each change. */
  follow(listener: () => void): void {
    this.#followers.add(listener);
  }

  /** All of the steps or none; one that is refused uses up a transaction number as well. */
  commit(steps: readonly TransactionStep[], session = 0n): void {
    this.#zxid += 1n;
    if (this.#ended.has(session)) throw new ZkError("SessionExpired", { operation: "multi" });
    const before = this.#tree;
    const draft = new Map(before);
    for (const [index, step] of steps.entries()) {
      const code = this.#apply(draft, step, session);
      if (code !== undefined) throw new TransactionError(code, step, index);
    }
    this.#tree = draft;
    this.onCommit({ steps, session, before, after: draft });
    for (const follower of this.#followers) follower();
  }

  /** Makes nodes and those above them, whoever may own them. */
  make(path: string, options: { data?: Uint8Array; session?: bigint } = {}): bigint {
    const { data, session = 0n } = options;
    const parent = parentPath(path);
    if (!this.#tree.has(parent)) this.make(parent);
    const mode = session === 0n ? "persistent" : "ephemeral";
    this.commit([{ kind: "create", path, data, mode }], session);
    return this.#tree.get(path)!.czxid;
  }

  /** Removes a node and all below it, as an operator would. */
  remove(path: string): void {
    const paths = [...this.#tree.keys()].filter((other) =>
      other === path || other.startsWith(`${path}/`)
    );
    this.commit(paths.sort().reverse().map((path) => ({ kind: "delete", path })));
  }

  /** Ends a session, and removes what it owns. */
  expire(session: bigint): void {
    const owned = [...this.#tree].filter(([, { owner }]) => owner === session);
    if (owned.length > 0) this.commit(owned.map(([path]) => ({ kind: "delete", path })));
    this.#ended.add(session);
  }

  isEnded(session: bigint): boolean {
    return this.#ended.has(session);
  }

  #apply(
    tree: Map<string, FakeNode>,
    step: TransactionStep,
    session: bigint,
  ): ZkErrorCode | undefined {
    validatePath(step.path);
    if (this.forbidden.has(step.path)) return "NoAuth";
    const node = tree.get(step.path);
    if (step.kind === "create") return this.#create(tree, step, session);
    if (node === undefined) return "NoNode";
    const { version = -1 } = step;
    if (version >= 0 && version !== node.version) return "BadVersion";
    if (step.kind === "setData") {
      const { data } = step;
      tree.set(step.path, { ...node, data, version: node.version + 1, mzxid: this.#zxid });
    } else if (step.kind === "delete") {
      if (childrenOf(tree, step.path).length > 0) return "NotEmpty";
      tree.delete(step.path);
      this.#touch(tree, parentPath(step.path));
    }
  }

  #create(
    tree: Map<string, FakeNode>,
    step: TransactionStep & { kind: "create" },
    session: bigint,
  ): ZkErrorCode | undefined {
    const { path, data, acl, mode = "persistent" } = step;
    if (!tree.has(parentPath(path))) return "NoNode";
    if (tree.has(path)) return "NodeExists";
    const owner = mode === "ephemeral" ? session : 0n;
    tree.set(path, newNode({ zxid: this.#zxid, data, acl, owner }));
    this.#touch(tree, parentPath(path));
  }

  #touch(tree: Map<string, FakeNode>, path: string): void {
    tree.set(path, { ...tree.get(path)!, pzxid: this.#zxid });
  }
}

/** Names of the children of a node. */
export function childrenOf(tree: FakeTree, path: string): string[] {
  const prefix = path === "/" ? "/" : `${path}/`;
  return [...tree.keys()]
    .filter((other) => other.startsWith(prefix) && other !== "/")
    .map((other) => other.slice(prefix.length))
    .filter((name) => !name.includes("/"));
}

function newNode(
  { zxid, data = new Uint8Array(), acl = OPEN_ACL, owner = 0n }: {
    zxid: bigint;
    data?: Uint8Array;
    acl?: readonly Acl[];
    owner?: bigint;
  },
): FakeNode {
  return { data, version: 0, czxid: zxid, mzxid: zxid, pzxid: zxid, owner, acl };
}

/** What a server tells of a node. */
export function statOf(tree: FakeTree, path: string, node: FakeNode): Stat {
  const { version, czxid, mzxid, pzxid, owner, data } = node;
  return {
    czxid,
    mzxid,
    ctime: 0n,
    mtime: 0n,
    version,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: owner,
    dataLength: data.length,
    numChildren: childrenOf(tree, path).length,
    pzxid,
  };
}
