import { type Acl, joinPath, OPEN_ACL, type ZooKeeper } from "zookeeper";
import { AnySignal } from "../async/any_signal.ts";
import type { Logger } from "../log/logger.ts";
import type { Heartbeat } from "./heartbeat.ts";
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
import { untilResumed } from "./pause.ts";
import { StoppingLimit } from "./stopping_limit.ts";
import { untilWayIsClear } from "./switchover/clear_way.ts";
import { SwitchoverPart } from "./switchover/part.ts";
import { SwitchoverView } from "./switchover/situation.ts";

export interface CampaignOptions {
  layout: ElectionLayout;
  /** Name of this candidate, which other contenders and operators read in its latch node. */
  participant: string;
  /** Version of the program, published with the leader. */
  version: string;
  /** ACL of every node that is created; open if left out. */
  acl?: readonly Acl[];
  /** The heartbeat of the session, which goes on after this campaign. */
  heartbeat: Heartbeat;
  /** True, if left out: a lost connection ends leadership at its deadline only, not at once. */
  tolerateSuspendedConnections?: boolean;
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
  const view = new SwitchoverView(zk, options);
  while (true) {
    const node = await joinLatch(zk, options.participant, latchOptions);
    const switchover = new SwitchoverPart(zk, { ...options, acl: latchOptions.acl, node, view });
    try {
      return await lead(zk, { node, switchover }, options, latchOptions);
    } catch (error) {
      await switchover[Symbol.asyncDispose]();
      using limit = new StoppingLimit(options.signal);
      await leaveLatch(zk, node, limit.signal).catch((failure) => {
        if (!limit.signal.aborted) throw failure;
      });
      if (switchover.stepAside.aborted && error === switchover.stepAside.reason) {
        await untilWayIsClear(zk, { ...options, view });
      } else if (error instanceof LatchNodeGoneError) {
        options.logger.warn("latch node was deleted, joining again", { path: node.path });
      } else {
        throw error;
      }
    }
  }
}

async function lead(
  zk: ZooKeeper,
  { node, switchover }: { node: LatchNode; switchover: SwitchoverPart },
  options: CampaignOptions,
  latchOptions: LatchOptions,
): Promise<Leadership> {
  const { layout, heartbeat, version, logger } = options;
  using standing = new AnySignal([options.signal, switchover.stepAside]);
  const { signal } = standing;
  await awaitTurn(zk, node, { ...latchOptions, signal });
  // Not before: who has seen that the leader is gone also sees a pause that began before it went.
  await untilResumed(zk, { path: layout.pause, logger, signal });
  const leadership = new LatchLeadership({
    publisher: { zk, layout, acl: latchOptions.acl, latchPath: node.path },
    node,
    heartbeat,
    switchover,
    tolerateSuspendedConnections: options.tolerateSuspendedConnections ?? true,
    version,
    logger,
    stopping: options.signal,
  });
  await leadership.prove(signal);
  return leadership;
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
