import { connect, isZkError, joinPath } from "zookeeper";
import { electionLayout } from "../../src/election/layout.ts";

const LIMIT_MS = 10_000;
/** Of the clusters under test, in ZooKeeper. */
export const NAMESPACE = "/flink/faults";
const layout = electionLayout(NAMESPACE);

/** The latch node of the leader with this epoch: what each write of its reign is checked against. */
export async function latchPathOf(address: string, epoch: bigint): Promise<string> {
  await using zk = await connect(address, { signal: AbortSignal.timeout(LIMIT_MS) });
  const { children } = await zk.getChildren(layout.latch);
  for (const name of children) {
    const path = joinPath(layout.latch, name);
    const stat = await zk.exists(path);
    if (stat?.czxid === epoch) return path;
  }
  throw new Error(`Cannot find the latch node of epoch ${epoch}`);
}

/** Whether ZooKeeper refuses a write that is fenced by a latch node. */
export async function writeIsRefused(address: string, latchPath: string): Promise<boolean> {
  await using zk = await connect(address, { signal: AbortSignal.timeout(LIMIT_MS) });
  try {
    await zk.multi([
      { kind: "check", path: latchPath },
      { kind: "create", path: `/write-${crypto.randomUUID()}` },
    ]);
    return false;
  } catch (error) {
    if (isZkError(error, "NoNode")) return true;
    throw error;
  }
}

/** Takes a leader's latch node away, as an operator might: another leads, while its session lives on. */
export async function removeLatch(address: string, latchPath: string): Promise<void> {
  await using zk = await connect(address, { signal: AbortSignal.timeout(LIMIT_MS) });
  await zk.delete(latchPath);
}
