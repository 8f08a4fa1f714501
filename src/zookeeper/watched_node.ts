import type { ZooKeeper } from "./client.ts";
import type { NodeData } from "./client_options.ts";
import { isZkError } from "./errors.ts";
import type { Watcher } from "./watches.ts";

/** A node that may be missing, with a watch in both cases. */
export async function readWatched(
  zk: ZooKeeper,
  path: string,
  { watch, signal }: { watch: Watcher; signal: AbortSignal },
): Promise<NodeData | undefined> {
  if (await zk.exists(path, { watch, signal }) === undefined) return undefined;
  try {
    return await zk.getData(path, { signal });
  } catch (error) {
    // It went just now, which the watch tells.
    if (isZkError(error, "NoNode")) return undefined;
    throw error;
  }
}
