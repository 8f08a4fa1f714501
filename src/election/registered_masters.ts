import { isZkError, joinPath, untilAnswered, type ZooKeeper } from "zookeeper";
import { inParallel } from "../async/in_parallel.ts";
import { parseObject } from "./json_document.ts";
import type { ElectionLayout } from "./layout.ts";

/** More masters than any cluster has: whoever may write there could keep a reader busy for ever. */
const MAX_READ = 200;
const PARALLEL_READS = 20;

/** What the masters that are registered call themselves, `host:port`; in the order of the text. */
export async function readRegisteredMasters(
  zk: ZooKeeper,
  { masters }: ElectionLayout,
  options: { signal: AbortSignal },
): Promise<string[]> {
  const children = await unlessGone(() => zk.getChildren(masters, options), options);
  const participants: string[] = [];
  await inParallel(children?.children.slice(0, MAX_READ) ?? [], PARALLEL_READS, async (name) => {
    const node = await unlessGone(() => zk.getData(joinPath(masters, name), options), options);
    // A node that would outlive its maker was not made by a master.
    if (node === undefined || node.stat.ephemeralOwner === 0n) return;
    const { participant } = parseObject(node.data);
    if (typeof participant === "string") participants.push(participant);
  });
  return participants.sort();
}

async function unlessGone<T>(
  read: () => Promise<T>,
  options: { signal: AbortSignal },
): Promise<T | undefined> {
  try {
    return await untilAnswered(read, options);
  } catch (error) {
    if (isZkError(error, "NoNode")) return undefined;
    throw error;
  }
}
