import { isZkError, joinPath, type Watcher, type ZooKeeper } from "zookeeper";
import { latchQueue } from "../latch_order.ts";
import type { ElectionLayout } from "../layout.ts";

/** A place in the queue, and who has it. */
export interface Contender {
  /** Name of the latch node. */
  name: string;
  /** What the contender calls itself; a master its `host:port`. */
  participant: string;
  /** The epoch with which it leads. */
  czxid: bigint;
  /** The session whose end takes the place away. */
  owner: bigint;
  /** Whether that session has registered a master: nobody else steps aside when asked. */
  isMaster: boolean;
}

/** The contenders in the order in which they lead, with a watch on their queue. */
export async function readContenders(
  zk: ZooKeeper,
  layout: ElectionLayout,
  options: { watch?: Watcher; signal: AbortSignal },
): Promise<Contender[]> {
  const [children, masters] = await Promise.all([
    readChildren(zk, layout.latch, options),
    readMasterSessions(zk, layout, options.signal),
  ]);
  const nodes = await Promise.all(
    latchQueue(children).contenders.map(async (name) => {
      const node = await orGone(
        zk.getData(joinPath(layout.latch, name), { signal: options.signal }),
      );
      return node && { name, ...node };
    }),
  );
  return nodes.filter((node) => node !== undefined).map(({ name, data, stat }) => ({
    name,
    participant: new TextDecoder().decode(data),
    czxid: stat.czxid,
    owner: stat.ephemeralOwner,
    isMaster: masters.has(stat.ephemeralOwner),
  }));
}

async function readMasterSessions(
  zk: ZooKeeper,
  { masters }: ElectionLayout,
  signal: AbortSignal,
): Promise<ReadonlySet<bigint>> {
  const names = await readChildren(zk, masters, { signal });
  const stats = await Promise.all(
    names.map((name) => zk.exists(joinPath(masters, name), { signal })),
  );
  return new Set(stats.flatMap((stat) => stat ? [stat.ephemeralOwner] : []));
}

async function readChildren(
  zk: ZooKeeper,
  path: string,
  options: { watch?: Watcher; signal: AbortSignal },
): Promise<readonly string[]> {
  return (await orGone(zk.getChildren(path, options)))?.children ?? [];
}

async function orGone<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isZkError(error, "NoNode")) return undefined;
    throw error;
  }
}
