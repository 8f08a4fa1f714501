import type { ServerChoice } from "../../config/zookeeper_server.ts";

/** What serves conf/zoo.cfg. */
export type ServerKind = "embedded" | "apache";

/** Where Debian's package puts what a server needs. */
const DEBIAN_ZOOKEEPER = "/usr/share/java/zookeeper.jar";

/**
 * Which server is to be started: the one that `masterd.zookeeper.server` names. Without a word from
 * there it is the embedded one if it suffices and no Apache ZooKeeper is configured or installed.
 */
export async function chooseServer(
  wanted: ServerChoice,
  facts: { serverCount: number; zookeeperHome: string | undefined; debianJar?: string },
): Promise<ServerKind> {
  if (wanted !== "auto") return wanted;
  if (facts.serverCount > 1 || facts.zookeeperHome) return "apache";
  return await exists(facts.debianJar ?? DEBIAN_ZOOKEEPER) ? "apache" : "embedded";
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
