import { connect, isZkError, joinPath } from "zookeeper";
import { electionLayout } from "../../src/election/layout.ts";

const LIMIT_MS = 10_000;
const layout = electionLayout("/flink/faults");

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
