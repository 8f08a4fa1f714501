import { type Acl, isZkError, parentPath, type ZooKeeper } from "zookeeper";

/** What a master says of itself in its registration node. */
export interface Registration {
  /** `host:port` of the master. */
  participant: string;
  version: string;
  /** The process that it is. */
  process?: { pid: number; startedAt: string };
}

/** The JSON document of a registration node. */
export function encodeRegistration({ participant, version, process }: Registration): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ participant, version, ...process }));
}

/**
 * Creates the registration node, which goes with the session, and what is missing above it. Its name
 * is this session's alone, so that one that is there was made by an attempt whose reply was lost.
 */
export async function register(
  zk: ZooKeeper,
  node: { path: string; data: Uint8Array; acl: readonly Acl[] },
  signal: AbortSignal,
): Promise<void> {
  const { path, data, acl } = node;
  await zk.createPath(parentPath(path), { acl, signal });
  await zk.create(path, data, { mode: "ephemeral", acl, signal }).catch((error) => {
    if (!isZkError(error, "NodeExists")) throw error;
  });
}
