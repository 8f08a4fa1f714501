import type { Acl } from "../../zookeeper/wire/records.ts";
import { Node } from "./node.ts";
import { lastName, ownString, parentPath } from "./paths.ts";
import type { NodeChange } from "./transaction.ts";
import type { Tree } from "./tree.ts";

/** Which transaction a change belongs to. */
export interface Moment {
  readonly zxid: bigint;
  readonly timeMs: bigint;
}

/** A node that watchers are told of, and who may know: the ACLs as they were at the change. */
export interface Touched {
  readonly kind: "created" | "deleted" | "dataChanged";
  readonly path: string;
  readonly acl: readonly Acl[];
  /** That of the parent, whose list of children has changed. */
  readonly parentAcl: readonly Acl[];
}

/** A change that was done. */
export interface Applied {
  /** Undefined if nobody watches for such a change. */
  readonly touched?: Touched;
  /** Takes it back; what was done after it must have been taken back before. */
  undo(): void;
}

const NOTHING: Applied = { undo: () => {} };

/**
 * Does what a change says. In a replay over a snapshot that was taken while changes went on, the
 * tree may be ahead of the change: what the change does not find was deleted by a later one.
 */
export function applyChange(tree: Tree, change: NodeChange, moment: Moment): Applied {
  switch (change.kind) {
    case "create":
      return create(tree, change, moment);
    case "delete":
      return remove(tree, change.path, moment);
    case "setData":
      return setData(tree, change, moment);
    case "setAcl":
      return setAcl(tree, change);
  }
}

type ChangeOf<K> = Extract<NodeChange, { kind: K }>;

function create(
  tree: Tree,
  { path, data, acl, owner, creates }: ChangeOf<"create">,
  moment: Moment,
): Applied {
  const parent = tree.find(parentPath(path));
  if (parent === undefined) return NOTHING;
  const name = ownString(lastName(path));
  const { creates: createsBefore, pzxid } = parent;
  const node = new Node({ name, data, acl: tree.acls.share(acl), owner, ...moment });
  tree.attach(node, parent);
  parent.creates = creates;
  parent.pzxid = moment.zxid;
  return {
    touched: { kind: "created", path, acl: node.acl.list, parentAcl: parent.acl.list },
    undo() {
      tree.detach(node);
      parent.creates = createsBefore;
      parent.pzxid = pzxid;
    },
  };
}

/** Deletes a node; its parent's list of children has changed even if the node is not there any more. */
export function remove(tree: Tree, path: string, { zxid }: Moment): Applied {
  const parent = tree.find(parentPath(path));
  if (parent === undefined) return NOTHING;
  const { pzxid } = parent;
  const node = parent.children?.get(lastName(path));
  parent.pzxid = zxid;
  if (node === undefined) return NOTHING;
  tree.detach(node);
  return {
    touched: { kind: "deleted", path, acl: node.acl.list, parentAcl: parent.acl.list },
    undo() {
      tree.attach(node, parent);
      parent.pzxid = pzxid;
    },
  };
}

function setData(
  tree: Tree,
  { path, data, version }: ChangeOf<"setData">,
  { zxid, timeMs }: Moment,
): Applied {
  const node = tree.find(path);
  if (node === undefined) return NOTHING;
  const { data: dataBefore, version: versionBefore, mzxid, mtime } = node;
  tree.setData(node, data);
  node.version = version;
  node.mzxid = zxid;
  node.mtime = timeMs;
  const { list } = node.acl;
  return {
    touched: { kind: "dataChanged", path, acl: list, parentAcl: list },
    undo() {
      tree.setData(node, dataBefore);
      node.version = versionBefore;
      node.mzxid = mzxid;
      node.mtime = mtime;
    },
  };
}

function setAcl(tree: Tree, { path, acl, version }: ChangeOf<"setAcl">): Applied {
  const node = tree.find(path);
  if (node === undefined) return NOTHING;
  const { acl: aclBefore, aversion } = node;
  tree.setAcl(node, tree.acls.share(acl));
  node.aversion = version;
  return {
    undo() {
      tree.setAcl(node, aclBefore);
      node.aversion = aversion;
    },
  };
}
