import { type ClientOptions, connect, type ZooKeeper } from "../../../src/zookeeper/mod.ts";

const LIMIT_MS = 30_000;

/** For tests that share a server: its output is read from one test into the next. */
export const shared = { sanitizeOps: false, sanitizeResources: false };

/** A bound for everything that a test waits for. */
export function bound(): AbortSignal {
  return AbortSignal.timeout(LIMIT_MS);
}

/** Text as the bytes of a node. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A path that no other test uses, so that tests can share a server; the node is there. */
export async function newRoot(address: string): Promise<string> {
  const root = `/${crypto.randomUUID()}`;
  await using zk = await open(address);
  await zk.create(root, new Uint8Array());
  return root;
}

/** A session of two seconds unless told, with the bound of a test on its beginning. */
export function open(address: string, options: ClientOptions = {}): Promise<ZooKeeper> {
  return connect(address, { sessionTimeoutMs: 2000, signal: bound(), ...options });
}
