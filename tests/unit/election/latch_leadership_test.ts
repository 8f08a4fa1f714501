import assert from "node:assert/strict";
import {
  OPEN_ACL,
  TransactionError,
  type TransactionStep,
  type Watcher,
  ZkError,
  type ZooKeeper,
} from "zookeeper";
import { LatchNodeGoneError } from "../../../src/election/latch.ts";
import { LatchLeadership } from "../../../src/election/latch_leadership.ts";
import { electionLayout } from "../../../src/election/layout.ts";
import { createLogger } from "../../../src/log/logger.ts";

const NODE = { name: "latch-1", path: "/latch/latch-1", czxid: 3n };
const signal = new AbortController().signal;

/** A server whose latch node is there or not; as on a real one, only `exists` watches what is not. */
class FakeZooKeeper {
  readonly state = { kind: "connected" };
  readonly watchers: Watcher[] = [];
  hasNode = true;

  onStateChange(): () => void {
    return () => {};
  }

  exists(_path: string, { watch }: { watch: Watcher }): Promise<undefined> {
    this.watchers.push(watch);
    return Promise.resolve(undefined);
  }

  async getData(path: string, { watch }: { watch: Watcher }): Promise<void> {
    await Promise.resolve();
    if (!this.hasNode) throw new ZkError("NoNode", { operation: "getData", path });
    this.watchers.push(watch);
  }

  async multi([step]: TransactionStep[]): Promise<void> {
    await Promise.resolve();
    if (!this.hasNode) throw new TransactionError("NoNode", step!, 0);
  }
}

function leadershipOn(fake: FakeZooKeeper): LatchLeadership {
  const zk = fake as unknown as ZooKeeper;
  const layout = electionLayout("/cluster");
  return new LatchLeadership({
    publisher: { zk, layout, acl: OPEN_ACL, latchPath: NODE.path },
    node: NODE,
    version: "1",
    logger: createLogger("test", { write: () => {} }),
    stopping: signal,
  });
}

Deno.test("prove() leaves no watch behind on a latch node that is gone", async () => {
  const fake = new FakeZooKeeper();
  fake.hasNode = false;
  const leadership = leadershipOn(fake);
  await assert.rejects(leadership.prove(signal), LatchNodeGoneError);
  assert.equal(leadership.lost.aborted, true);
  assert.equal(fake.watchers.length, 0);
});

Deno.test("Leadership.lost says that the node was deleted if it went behind a change", async () => {
  const fake = new FakeZooKeeper();
  const leadership = leadershipOn(fake);
  assert.equal(await leadership.prove(signal), true);
  const lost = new Promise((resolve) => {
    leadership.lost.addEventListener("abort", resolve, { once: true });
  });
  fake.hasNode = false;
  fake.watchers[0]!({ kind: "dataChanged", path: NODE.path });
  await lost;
  assert.match(String(leadership.lost.reason), /Leadership ended: the latch node was deleted$/);
});
