import { joinPath } from "zookeeper";

/** Where the pointers lie in ZooKeeper. */
export interface StateLayout {
  /** Says which storage folder holds the blobs. */
  root: string;
  /** Parent of the pointers, one persistent node for each entry. */
  entries: string;
}

/** The layout below `<root>/<cluster-id>`. */
export function stateLayout(namespace: string): StateLayout {
  const root = joinPath(joinPath(namespace, "masterd"), "state");
  return { root, entries: joinPath(root, "entries") };
}
