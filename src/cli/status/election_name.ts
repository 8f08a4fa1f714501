import type { ClusterPicture } from "./cluster_look.ts";

/** Where a leader is published, in words. */
export function electionName({ mode }: Pick<ClusterPicture, "mode">): string {
  return mode === "module" ? "the factory module" : "ZooKeeper";
}
