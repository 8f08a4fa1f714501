import type { Stat } from "../../zookeeper/wire/records.ts";
import { type NodeData, packData, unpackData } from "./node_data.ts";
import { NO_OWNER, ownershipOf } from "./owners.ts";
import type { SharedAcl } from "./shared_acls.ts";

/** What a node is created with. */
export interface NodeStart {
  readonly name: string;
  readonly data: Uint8Array | null;
  readonly acl: SharedAcl;
  /** A session, one of the special owners, or none. */
  readonly owner: bigint;
  readonly zxid: bigint;
  readonly timeMs: bigint;
}

/** One node; its path is what its parents say, so that a million nodes keep no paths. */
export class Node {
  readonly name: string;
  parent: Node | undefined = undefined;
  /** Undefined when there are none: most nodes are leaves. */
  children: Map<string, Node> | undefined = undefined;
  acl: SharedAcl;
  readonly owner: bigint;
  readonly czxid: bigint;
  mzxid: bigint;
  pzxid: bigint;
  readonly ctime: bigint;
  mtime: bigint;
  version = 0;
  aversion = 0;
  /** Children that it ever had: the next sequential child's number. */
  creates = 0;
  #data: NodeData = null;

  constructor({ name, data, acl, owner, zxid, timeMs }: NodeStart) {
    this.name = name;
    this.data = data;
    this.acl = acl;
    this.owner = owner;
    this.czxid = this.mzxid = this.pzxid = zxid;
    this.ctime = this.mtime = timeMs;
  }

  get data(): Uint8Array | null {
    return unpackData(this.#data);
  }

  set data(data: Uint8Array | null) {
    this.#data = packData(data);
  }

  /** In bytes. */
  get dataLength(): number {
    return this.#data?.length ?? 0;
  }

  get childCount(): number {
    return this.children?.size ?? 0;
  }
}

/** `/` for the root. */
export function pathOf(node: Node): string {
  if (node.parent === undefined) return "/";
  let path = "";
  for (let at = node; at.parent !== undefined; at = at.parent) path = `/${at.name}${path}`;
  return path;
}

/** What a client is told; only sessions are shown as owners (DataNode.copyStat). */
export function statOf(node: Node, dataLength = node.dataLength): Stat {
  const numChildren = node.childCount;
  return {
    czxid: node.czxid,
    mzxid: node.mzxid,
    ctime: node.ctime,
    mtime: node.mtime,
    version: node.version,
    cversion: (node.creates * 2 - numChildren) | 0,
    aversion: node.aversion,
    ephemeralOwner: ownershipOf(node.owner).kind === "session" ? node.owner : NO_OWNER,
    dataLength,
    numChildren,
    pzxid: node.pzxid,
  };
}
