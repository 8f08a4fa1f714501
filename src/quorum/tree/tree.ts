import { OPEN_ACL, READ_ACL } from "./acls.ts";
import { Node } from "./node.ts";
import { NO_OWNER, ownershipOf } from "./owners.ts";
import { type SharedAcl, SharedAcls } from "./shared_acls.ts";
import { CHILDREN_WEIGHT, dataWeight, nodeWeight } from "./weight.ts";

const SLASH = "/".charCodeAt(0);
// ZooKeeper keeps the root under two names and counts both.
const ROOT_ALIAS = 1;

/** The nodes, and what has to be found of them without their paths. */
export class Tree {
  readonly root: Node;
  readonly acls = new SharedAcls();
  /** Containers and nodes with a TTL. */
  readonly passing = new Set<Node>();
  readonly #ephemerals = new Map<bigint, Set<Node>>();
  #nodeCount = 1 + ROOT_ALIAS;
  #ephemeralCount = 0;
  #dataSize = 1;
  #weight = 0;

  /** A root and nothing else. */
  constructor() {
    this.root = this.#systemNode("");
    this.acls.retain(this.root.acl);
  }

  /** What a server has that was never used. */
  static ofNewServer(): Tree {
    const tree = new Tree();
    const zooKeeper = tree.#systemNode("zookeeper");
    tree.attach(zooKeeper, tree.root);
    tree.attach(tree.#systemNode("quota"), zooKeeper);
    const config = tree.#systemNode("config", tree.acls.share(READ_ACL));
    // ZooKeeper sets the ACL with -1 for its version.
    config.aversion = -1;
    tree.attach(config, zooKeeper);
    return tree;
  }

  /** Nodes as ZooKeeper counts them: the root twice. */
  get nodeCount(): number {
    return this.#nodeCount;
  }

  get ephemeralCount(): number {
    return this.#ephemeralCount;
  }

  /** Lengths of all data and paths (ZooKeeper's `approximate_data_size`). */
  get dataSize(): number {
    return this.#dataSize;
  }

  /** About how many bytes of memory all of it takes. */
  get weight(): number {
    return this.#weight + this.acls.weight;
  }

  /** The node of a path; of an empty one the root, as in ZooKeeper. */
  find(path: string): Node | undefined {
    if (path.length <= 1) return path === "/" || path === "" ? this.root : undefined;
    if (path.charCodeAt(0) !== SLASH) return undefined;
    let node: Node | undefined = this.root;
    for (let start = 1; node !== undefined;) {
      const end = path.indexOf("/", start);
      if (end < 0) return node.children?.get(path.slice(start));
      node = node.children?.get(path.slice(start, end));
      start = end + 1;
    }
    return undefined;
  }

  /** Nodes that go with a session. */
  ephemeralsOf(sessionId: bigint): Iterable<Node> {
    return this.#ephemerals.get(sessionId) ?? [];
  }

  /** Sessions that have such nodes. */
  ephemeralOwners(): Iterable<[bigint, Iterable<Node>]> {
    return this.#ephemerals;
  }

  /** Puts a node without children below another one, which must have none of that name. */
  attach(node: Node, parent: Node): void {
    node.parent = parent;
    if (parent.children === undefined) {
      parent.children = new Map();
      this.#weight += CHILDREN_WEIGHT;
    }
    parent.children.set(node.name, node);
    this.acls.retain(node.acl);
    this.#nodeCount++;
    this.#dataSize += sizeOf(node);
    this.#weight += nodeWeight(node) + dataWeight(node.dataLength);
    switch (ownershipOf(node.owner).kind) {
      case "none":
        return;
      case "session":
        return this.#addEphemeral(node);
      default:
        this.passing.add(node);
    }
  }

  /** Takes out a node without children. */
  detach(node: Node): void {
    this.#dataSize -= sizeOf(node);
    this.#weight -= nodeWeight(node) + dataWeight(node.dataLength);
    const parent = node.parent!;
    parent.children!.delete(node.name);
    if (parent.children!.size === 0) {
      parent.children = undefined;
      this.#weight -= CHILDREN_WEIGHT;
    }
    this.acls.release(node.acl);
    this.#nodeCount--;
    this.passing.delete(node);
    if (node.owner !== NO_OWNER) this.#removeEphemeral(node);
  }

  setData(node: Node, data: Uint8Array | null): void {
    const length = data?.length ?? 0;
    this.#dataSize += length - node.dataLength;
    this.#weight += dataWeight(length) - dataWeight(node.dataLength);
    node.data = data;
  }

  setAcl(node: Node, acl: SharedAcl): void {
    this.acls.retain(acl);
    this.acls.release(node.acl);
    node.acl = acl;
  }

  #addEphemeral(node: Node): void {
    const nodes = this.#ephemerals.get(node.owner);
    if (nodes === undefined) this.#ephemerals.set(node.owner, new Set([node]));
    else nodes.add(node);
    this.#ephemeralCount++;
  }

  #removeEphemeral(node: Node): void {
    const nodes = this.#ephemerals.get(node.owner);
    if (!nodes?.delete(node)) return;
    this.#ephemeralCount--;
    if (nodes.size === 0) this.#ephemerals.delete(node.owner);
  }

  #systemNode(name: string, acl = this.acls.share(OPEN_ACL)): Node {
    const data = new Uint8Array(0);
    return new Node({ name, data, acl, owner: NO_OWNER, zxid: 0n, timeMs: 0n });
  }
}

/** A node and all below it, parents first. */
export function* subtree(node: Node): Generator<Node> {
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    for (const child of next.children?.values() ?? []) waiting.push(child);
  }
}

function sizeOf(node: Node): number {
  let size = node.dataLength;
  for (let at: Node = node; at.parent !== undefined; at = at.parent) size += 1 + at.name.length;
  return size;
}
