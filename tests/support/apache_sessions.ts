import { ZooKeeper } from "../../src/zookeeper/mod.ts";

const SECRET = 0xb3415c00n;
const MULTIPLIER = 0x5deece66dn;
const SEED_MASK = (1n << 48n) - 1n;

/** Ends a session of somebody else at the server, as its owner would. */
export async function endApacheSession(address: string, sessionId: bigint): Promise<void> {
  const credentials = { id: sessionId, password: passwordOf(sessionId) };
  const zk = new ZooKeeper(address, { credentials });
  await zk.connected({ signal: AbortSignal.timeout(10_000) });
  await zk.close();
}

/** Apache ZooKeeper takes a session's password from a java.util.Random that its id has seeded. */
function passwordOf(sessionId: bigint): Uint8Array {
  const password = new DataView(new ArrayBuffer(16));
  let seed = (BigInt.asUintN(64, sessionId) ^ SECRET ^ MULTIPLIER) & SEED_MASK;
  for (let at = 0; at < 16; at += 4) {
    seed = (seed * MULTIPLIER + 0xbn) & SEED_MASK;
    password.setUint32(at, Number((seed >> 16n) & 0xffffffffn), true);
  }
  return new Uint8Array(password.buffer);
}
