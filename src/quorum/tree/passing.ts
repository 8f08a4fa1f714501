import { ErrorCode } from "../../zookeeper/wire/constants.ts";
import { type Node, pathOf } from "./node.ts";
import { ownershipOf } from "./owners.ts";
import { type Plan, refuse } from "./plan.ts";
import type { Tree } from "./tree.ts";

/** Nodes that nobody needs any more: containers left empty, and nodes alone for longer than their time to live. */
export function* findPassed(tree: Tree, nowMs: bigint): Generator<string> {
  for (const node of tree.passing) {
    if (isPassed(node, nowMs)) yield pathOf(node);
  }
}

/** Its deletion, if nobody has begun to use it since it was found. */
export function planPassedDelete(
  tree: Tree,
  path: string,
  nowMs: bigint,
): Exclude<Plan, { kind: "check" }> {
  const node = tree.find(path);
  if (node === undefined) return refuse(ErrorCode.NoNode);
  return isPassed(node, nowMs) ? { kind: "delete", path } : refuse(ErrorCode.BadVersion);
}

/** The rules of ZooKeeper's ContainerManager: a container must have had children. */
function isPassed(node: Node, nowMs: bigint): boolean {
  if (node.childCount > 0) return false;
  const ownership = ownershipOf(node.owner);
  if (ownership.kind === "container") return node.creates > 0;
  return ownership.kind === "ttl" && nowMs - node.mtime > ownership.ttlMs;
}
