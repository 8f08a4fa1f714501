/** @import { Cluster, Picture } from "./types.ts" */

/**
 * Whether what is told of leaders and places is so now. It is what was seen last if the master does not answer any
 * more, or has itself no connection to ZooKeeper; who leads knows of itself until its lease ends.
 * @param {Cluster} cluster
 * @param {Picture["link"]} link
 */
export function isSeenNow({ masters }, link) {
  const self = masters.find(({ isSelf }) => isSelf);
  if (link.kind === "cut-off") return false;
  return self === undefined || self.role === "leader" ||
    self.connection === "connected" || self.connection === "none";
}
