import { isFinal, untilAnswered, WakeUp, type ZooKeeper } from "zookeeper";
import type { Logger } from "../../log/logger.ts";
import { mustStandAside } from "./act.ts";
import { wakeAt } from "./part.ts";
import type { SwitchoverView } from "./situation.ts";

/**
 * Waits as long as a switchover wants this participant out of the queue: until the request is gone,
 * its time has passed, or its target is no longer there to lead.
 * @throws {ZkError} if the session is over; nothing else keeps a candidate from joining
 */
export async function untilWayIsClear(
  zk: ZooKeeper,
  options: { participant: string; view: SwitchoverView; logger: Logger; signal: AbortSignal },
): Promise<void> {
  const { participant, view, logger, signal } = options;
  using wakeUp = new WakeUp(zk);
  while (true) {
    wakeUp.reset();
    const situation = await untilAnswered(
      () => view.read({ watch: wakeUp.wake, signal }),
      { signal },
    ).catch((error) => {
      if (signal.aborted || isFinal(zk.state)) throw error;
      logger.warn("switchovers cannot be followed", { error });
    });
    if (situation === undefined || !mustStandAside(participant, situation)) return;
    using _ = wakeAt(wakeUp, view.deadlineOf(situation.request));
    await wakeUp.next(signal);
  }
}
