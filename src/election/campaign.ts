import { type Acl, joinPath, OPEN_ACL, type ZooKeeper } from "zookeeper";
import type { Logger } from "../log/logger.ts";
import {
  awaitTurn,
  joinLatch,
  type LatchNode,
  LatchNodeGoneError,
  type LatchOptions,
  leaveLatch,
} from "./latch.ts";
import { LatchLeadership } from "./latch_leadership.ts";
import type { ElectionLayout } from "./layout.ts";
import type { Leadership } from "./leadership.ts";
import { StoppingLimit } from "./stopping_limit.ts";

export interface CampaignOptions {
  layout: ElectionLayout;
  /** Name of this candidate, which other contenders and operators read in its latch node. */
  participant: string;
  /** Version of the program, published with the leader. */
  version: string;
  /** ACL of every node that is created; open if left out. */
  acl?: readonly Acl[];
  logger: Logger;
  /**
   * Ends the campaign; the place in the queue is given back. A leadership that was won outlives it,
   * but once it aborts a release is bounded in time, since the session is about to be closed.
   */
  signal: AbortSignal;
}

/**
 * Waits until this candidate leads. What is returned holds until its `lost` signal.
 * @throws {ZkError} SessionExpired, SessionClosed or AuthFailed: the session is over, try another one
 */
export async function campaign(zk: ZooKeeper, options: CampaignOptions): Promise<Leadership> {
  const latchOptions = toLatchOptions(options);
  while (true) {
    const node = await joinLatch(zk, options.participant, latchOptions);
    try {
      return await lead(zk, node, options, latchOptions);
    } catch (error) {
      using limit = new StoppingLimit(options.signal);
      await leaveLatch(zk, node, limit.signal).catch((failure) => {
        if (!limit.signal.aborted) throw failure;
      });
      if (!(error instanceof LatchNodeGoneError)) throw error;
      options.logger.warn("latch node was deleted, joining again", { path: node.path });
    }
  }
}

async function lead(
  zk: ZooKeeper,
  node: LatchNode,
  options: CampaignOptions,
  latchOptions: LatchOptions,
): Promise<Leadership> {
  const { layout, version, logger, signal: stopping } = options;
  const publisher = { zk, layout, acl: latchOptions.acl, latchPath: node.path };
  while (true) {
    await awaitTurn(zk, node, latchOptions);
    const leadership = new LatchLeadership({ publisher, node, version, logger, stopping });
    if (await leadership.prove(options.signal)) return leadership;
  }
}

function toLatchOptions(options: CampaignOptions): LatchOptions {
  const { layout: { latch }, acl = OPEN_ACL, logger, signal } = options;
  const reported = new Set<string>();
  const onForeign = (names: readonly string[]) => {
    for (const name of names.filter((name) => !reported.has(name))) {
      reported.add(name);
      logger.warn("latch path has a child that is no contender", { path: joinPath(latch, name) });
    }
  };
  return { latch, acl, onForeign, signal };
}
