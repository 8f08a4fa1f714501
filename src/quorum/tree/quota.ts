import { type Node, pathOf } from "./node.ts";
import { subtree, type Tree } from "./tree.ts";

const STATISTICS = "zookeeper_stats";
const QUOTA_PATH = "/zookeeper/quota";
const encoder = new TextEncoder();

/**
 * What is read in the place of a node's data where a quota keeps its statistics: they are counted
 * now. `count=3,bytes=17` for `/a` is what /zookeeper/quota/a/zookeeper_stats shows. Limits are not
 * enforced, as they are not in ZooKeeper 3.8 by default.
 */
export function quotaStatistics(node: Node, tree: Tree): Uint8Array | undefined {
  if (node.name !== STATISTICS) return undefined;
  const prefix = `${QUOTA_PATH}/`;
  const path = pathOf(node);
  if (!path.startsWith(prefix)) return undefined;
  const counted = tree.find(path.slice(QUOTA_PATH.length, -STATISTICS.length - 1));
  return counted === undefined || counted === tree.root ? undefined : statisticsOf(counted);
}

function statisticsOf(counted: Node): Uint8Array {
  let count = 0;
  let bytes = 0;
  for (const node of subtree(counted)) {
    count++;
    bytes += node.dataLength;
  }
  return encoder.encode(`count=${count},bytes=${bytes}`);
}
