import assert from "node:assert/strict";
import { isZkError, OPEN_ACL } from "zookeeper";
import type { PastLeadership } from "../../../src/election/history.ts";
import {
  changeHistory,
  HistoryFormatError,
  writeHistory,
} from "../../../src/election/history_node.ts";
import { recordedLog } from "../daemon/fakes.ts";
import { FakeHistoryNode } from "./fake_history.ts";
import { led } from "./past_leaderships.ts";

const PATH = "/flink/one/masterd/history";
const { signal } = new AbortController();

function keeper(node: FakeHistoryNode) {
  const log = recordedLog();
  const { logger } = log;
  const acl = OPEN_ACL;
  return { log, zk: node.asZooKeeper, path: PATH, acl, latchPath: "/latch/mine", logger };
}

/** Puts a leadership first unless it is there. */
function begin(one: PastLeadership) {
  return (all: readonly PastLeadership[]) =>
    Promise.resolve(all.some(({ epoch }) => epoch === one.epoch) ? all : [one, ...all]);
}

const epochs = (node: FakeHistoryNode) =>
  JSON.parse(node.text!).leaderships.map(({ epoch }: PastLeadership) => epoch);

Deno.test("changeHistory() creates the node, and what is missing above it", async () => {
  const node = new FakeHistoryNode();
  node.hasParent = false;
  const written = await changeHistory(keeper(node), begin(led("1")), signal);
  assert.deepEqual(written, { leaderships: [led("1")], version: 0 });
  assert.deepEqual(epochs(node), ["1"]);
});

Deno.test("changeHistory() reads again when somebody else has written", async () => {
  const node = new FakeHistoryNode();
  await changeHistory(keeper(node), begin(led("1")), signal);
  let calls = 0;
  const change = async (all: readonly PastLeadership[]) => {
    if (calls++ === 0) await changeHistory(keeper(node), begin(led("2")), signal);
    return await begin(led("3"))(all);
  };
  const { version } = await changeHistory(keeper(node), change, signal);
  assert.deepEqual(epochs(node), ["3", "2", "1"]);
  assert.equal(version, node.version);
});

Deno.test("changeHistory() settles an unknown outcome by reading back, and writes nothing twice", async () => {
  for (const takesEffect of [true, false]) {
    for (const before of [undefined, '{"format":1,"leaderships":[]}']) {
      const node = new FakeHistoryNode();
      if (before !== undefined) node.put(before);
      node.plans.push({ takesEffect, answer: "ConnectionLoss" });
      node.readsLost = 2;
      const { version } = await changeHistory(keeper(node), begin(led("1")), signal);
      assert.deepEqual(epochs(node), ["1"]);
      assert.equal(version, node.version);
      assert.equal(node.writes, takesEffect ? 1 : 2);
    }
  }
});

Deno.test("changeHistory() writes nothing once the own latch node is gone", async () => {
  const node = new FakeHistoryNode();
  node.hasLatch = false;
  await assert.rejects(
    changeHistory(keeper(node), begin(led("1")), signal),
    (error) => isZkError(error, "NoNode"),
  );
  assert.equal(node.data, undefined);
  assert.equal(node.writes, 1);
});

Deno.test("changeHistory() gives up after some attempts that others always win", async () => {
  const node = new FakeHistoryNode().put('{"format":1,"leaderships":[]}');
  const change = (all: readonly PastLeadership[]) => {
    node.version++;
    return begin(led("1"))(all);
  };
  await assert.rejects(
    changeHistory(keeper(node), change, signal),
    (error) => isZkError(error, "BadVersion"),
  );
  assert.equal(node.writes, 5);
});

Deno.test("changeHistory() begins anew over garbage, and says so once", async () => {
  for (const text of ["", "not JSON", "[1,2]", "x".repeat(1_000_000)]) {
    const node = new FakeHistoryNode().put(text);
    const { log, ...rest } = keeper(node);
    await changeHistory(rest, begin(led("1")), signal);
    await changeHistory(rest, begin(led("2")), signal);
    assert.deepEqual(epochs(node), ["2", "1"]);
    assert.equal(log.lines.filter((line) => line.includes("begins anew")).length, 1);
    assert.ok(log.lines[0]!.includes(`bytes=${text.length}`));
  }
});

Deno.test("changeHistory() leaves the history of another version of masterd as it is", async () => {
  const node = new FakeHistoryNode().put('{"format":2}');
  await assert.rejects(
    changeHistory(keeper(node), begin(led("1")), signal),
    new HistoryFormatError(`${PATH} is of another version of masterd`),
  );
  assert.equal(node.text, '{"format":2}');
});

Deno.test("writeHistory() tells the version that its write made, past the end of 32 bits", async () => {
  const node = new FakeHistoryNode().put("{}");
  for (const [over, next] of [[7, 8], [2 ** 31 - 1, -(2 ** 31)], [-2, 0]] as const) {
    node.version = over;
    const { version } = await writeHistory(keeper(node), { leaderships: [], over }, signal);
    assert.equal(version, next);
  }
});
