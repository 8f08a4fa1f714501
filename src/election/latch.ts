import { type Acl, type Stat, WakeUp, type ZooKeeper } from "zookeeper";
import { isFinal, isZkError, joinPath, untilAnswered } from "zookeeper";
import { contenderPrefix, latchQueue } from "./latch_order.ts";
import { StoppingLimit } from "./stopping_limit.ts";

/** A contender's place in the queue. */
export interface LatchNode {
  name: string;
  path: string;
  /** Transaction that made the node: grows with each node, and so with each leader. */
  czxid: bigint;
}

export interface LatchOptions {
  latch: string;
  acl: readonly Acl[];
  /** Told of children that are no contenders, each time the queue is read. */
  onForeign: (names: readonly string[]) => void;
  signal: AbortSignal;
}

/** The own node is no longer there: somebody deleted it, or its parent. */
export class LatchNodeGoneError extends Error {
  override readonly name = "LatchNodeGoneError";
}

/**
 * Takes a place at the end of the queue. A creation whose outcome is unknown is settled by looking
 * for the name that only it can have made.
 */
export async function joinLatch(
  zk: ZooKeeper,
  participant: string,
  options: LatchOptions,
): Promise<LatchNode> {
  const { latch, acl, signal } = options;
  const prefix = contenderPrefix(crypto.randomUUID());
  const data = new TextEncoder().encode(participant);
  // What was sent cannot be called back: its outcome is awaited even after the signal aborted, so
  // that whoever called can give the place back.
  using limit = new StoppingLimit(signal);
  while (true) {
    signal.throwIfAborted();
    try {
      const created = await zk.create(joinPath(latch, prefix), data, {
        mode: "ephemeralSequential",
        acl,
        signal: limit.signal,
      });
      return toNode(created.path, created.stat);
    } catch (error) {
      if (isZkError(error, "NoNode")) {
        // The parent is a container, as Curator makes it: the server removes it when it is empty.
        await untilAnswered(
          () => zk.createPath(latch, { mode: "container", acl, signal }),
          options,
        );
      } else if (isZkError(error, "ConnectionLoss")) {
        const adopted = await findOwn(zk, prefix, { ...options, signal: limit.signal });
        if (adopted !== undefined) return adopted;
      } else {
        throw error;
      }
    }
  }
}

/**
 * Waits until the node is the first of the queue. Looks again on any event, and never takes the end
 * of the predecessor for the own turn.
 * @throws {LatchNodeGoneError}
 */
export async function awaitTurn(
  zk: ZooKeeper,
  node: LatchNode,
  options: LatchOptions,
): Promise<void> {
  const { latch, signal } = options;
  using wakeUp = new WakeUp(zk);
  while (true) {
    wakeUp.reset();
    const children = await readChildren(zk, latch, signal);
    const { contenders, foreign } = latchQueue(children);
    if (foreign.length > 0) options.onForeign(foreign);
    const position = contenders.indexOf(node.name);
    if (position < 0) throw new LatchNodeGoneError(`Latch node ${node.path} was deleted`);
    const predecessor = contenders[position - 1];
    if (predecessor === undefined) return;
    if (await watchData(zk, joinPath(latch, predecessor), wakeUp, signal)) {
      await wakeUp.next(signal);
    }
  }
}

/**
 * Deletes a node for certain: returns when it is gone, or when the session, and with it the node, is
 * over. A node left behind by a living session would keep all others from leading.
 */
export async function leaveLatch(
  zk: ZooKeeper,
  node: LatchNode,
  signal: AbortSignal,
): Promise<void> {
  try {
    await untilAnswered(() => zk.delete(node.path, { signal }), { signal });
  } catch (error) {
    // A server may say that the session expired before the session itself has heard of it.
    const isGone = isZkError(error, "NoNode", "SessionExpired") || isFinal(zk.state);
    if (!isGone) throw error;
  }
}

async function findOwn(
  zk: ZooKeeper,
  prefix: string,
  { latch, signal }: LatchOptions,
): Promise<LatchNode | undefined> {
  return await untilAnswered(async () => {
    // Another server may answer now, and may be behind the one that took the creation.
    await zk.sync(latch, { signal });
    const children = await readChildren(zk, latch, signal);
    const name = children.find((child) => child.startsWith(prefix));
    if (name === undefined) return undefined;
    const path = joinPath(latch, name);
    const stat = await zk.exists(path, { signal });
    return stat?.ephemeralOwner === zk.credentials.id ? toNode(path, stat) : undefined;
  }, { signal });
}

async function readChildren(
  zk: ZooKeeper,
  latch: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const { children } = await untilAnswered(() => zk.getChildren(latch, { signal }), { signal });
    return children;
  } catch (error) {
    if (isZkError(error, "NoNode")) return [];
    throw error;
  }
}

// The data is read, not the existence: a watch by `exists` would stay behind on a node that is gone.
// False if nothing is watched, and the queue is to be read again at once.
async function watchData(
  zk: ZooKeeper,
  path: string,
  wakeUp: WakeUp,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await zk.getData(path, { watch: wakeUp.wake, signal });
    return true;
  } catch (error) {
    if (isZkError(error, "NoNode", "ConnectionLoss")) return false;
    throw error;
  }
}

function toNode(path: string, stat: Stat): LatchNode {
  return { path, name: path.slice(path.lastIndexOf("/") + 1), czxid: stat.czxid };
}
