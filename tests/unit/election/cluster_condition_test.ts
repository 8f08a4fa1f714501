import assert from "node:assert/strict";
import { BoundedReads } from "../../../src/election/bounded_reads.ts";
import { readCondition } from "../../../src/election/cluster_condition.ts";
import type { ClusterKind } from "../../../src/election/cluster_parts.ts";
import { encodeLeaderInformation } from "../../../src/election/java_stream.ts";
import { FakeTree } from "./fake_tree.ts";

const PATH = "/flink/one";
const LATCH = `${PATH}/leader/latch`;
const INFORMATION = `${PATH}/leader/rest_server/connection_info`;
const MASTERS = `${PATH}/masterd/masters`;
const ENTRIES = `${PATH}/masterd/state/entries`;
const LEADER = {
  address: "http://one:8081",
  leaderSessionId: "12345678-9abc-4def-8123-456789abcdef",
};
const DATA = encodeLeaderInformation(LEADER);

function conditionOf(tree: FakeTree, kind: ClusterKind = "masterd") {
  const { signal } = new AbortController();
  const reads = new BoundedReads(tree.asZooKeeper, { limit: 100, signal });
  return readCondition(reads, { path: PATH, kind, entries: ENTRIES });
}

/** Sessions 1 and 2 stand for election in this order, and are registered. */
function twoMasters(): FakeTree {
  return new FakeTree()
    .addNode(`${LATCH}/_c_b-latch-0000000003`, { owner: 1n })
    .addNode(`${LATCH}/_c_a-latch-0000000007`, { owner: 2n })
    .addNode(`${MASTERS}/one`, { owner: 1n })
    .addNode(`${MASTERS}/two`, { owner: 2n });
}

Deno.test("readCondition() calls a cluster alive whose first contender is published", async () => {
  const tree = twoMasters().addNode(INFORMATION, { data: DATA, owner: 1n })
    .add(`${ENTRIES}/a`, `${ENTRIES}/b`, `${ENTRIES}/c`);
  const expected = { kind: "alive", leader: LEADER, masters: 2, entries: 3 };
  assert.deepEqual(await conditionOf(tree), expected);
});

const LEADERLESS: Readonly<Record<string, (tree: FakeTree) => FakeTree>> = {
  "nobody is published": (tree) => tree,
  "who is published is not the first": (tree) =>
    tree.addNode(INFORMATION, { data: DATA, owner: 2n }),
  "who is published has no node": (tree) => tree.addNode(INFORMATION, { data: DATA, owner: 3n }),
  "the information outlives its maker": (tree) =>
    tree.addNode(INFORMATION, { data: DATA, owner: 0n }),
  "the information says that nobody leads": (tree) => tree.addNode(INFORMATION, { owner: 1n }),
  "the information is not to be understood": (tree) =>
    tree.addNode(INFORMATION, { data: Uint8Array.of(0xac, 0xed, 0, 5, 0x77, 200), owner: 1n }),
  "a node that outlives its maker is the first": (tree) =>
    tree.addNode(`${LATCH}/_c_x-latch-0000000000`)
      .addNode(INFORMATION, { data: DATA, owner: 1n }),
};
for (const [what, change] of Object.entries(LEADERLESS)) {
  Deno.test(`readCondition() finds no leader if ${what}`, async () => {
    const expected = { kind: "no-leader", masters: 2, entries: 0 };
    assert.deepEqual(await conditionOf(change(twoMasters())), expected);
  });
}

Deno.test("readCondition() looks again where leadership moved while it looked", async () => {
  const tree = twoMasters().addNode(INFORMATION, { data: DATA, owner: 2n });
  const zk = tree.asZooKeeper;
  const getData: typeof zk.getData = async (path, options) => {
    // The queue has been read by then.
    await new Promise((resolve) => setTimeout(resolve, 0));
    tree.remove(`${LATCH}/_c_b-latch-0000000003`);
    return await zk.getData(path, options);
  };
  const moving = { asZooKeeper: { ...zk, getData } } as unknown as FakeTree;
  assert.equal((await conditionOf(moving)).kind, "alive");
});

Deno.test("readCondition() passes over children of the latch that are no contenders", async () => {
  const tree = twoMasters().addNode(`${LATCH}/aaa`, { owner: 9n })
    .addNode(INFORMATION, { data: DATA, owner: 1n });
  assert.equal((await conditionOf(tree)).kind, "alive");
});

Deno.test("readCondition() counts a contender that did not register as somebody", async () => {
  const tree = new FakeTree().addNode(`${LATCH}/_c_a-latch-0000000001`, { owner: 1n });
  assert.deepEqual(await conditionOf(tree), { kind: "no-leader", masters: 0, entries: 0 });
});

Deno.test("readCondition() calls a cluster dead of which only persistent nodes are left", async () => {
  const tree = new FakeTree().add(`${ENTRIES}/a`, `${MASTERS}/old`, LATCH);
  assert.deepEqual(await conditionOf(tree), { kind: "dead", masters: 0, entries: 1 });
});

Deno.test("readCondition() needs no node but the one of the cluster", async () => {
  const tree = new FakeTree().add(PATH);
  assert.deepEqual(await conditionOf(tree), { kind: "dead", masters: 0, entries: 0 });
});

const FLINK_LOCK = `${PATH}/leader/rest_server_lock`;
for (const node of [INFORMATION, FLINK_LOCK]) {
  Deno.test(`readCondition() takes Flink at its word in ${node.slice(PATH.length)}`, async () => {
    const tree = new FakeTree().addNode(node, { data: DATA, owner: 5n });
    assert.deepEqual(await conditionOf(tree, "flink"), { kind: "flink", leader: LEADER });
  });
}

Deno.test("readCondition() knows no leader of Flink from what an ended session left", async () => {
  const tree = new FakeTree().addNode(INFORMATION, { data: DATA });
  assert.deepEqual(await conditionOf(tree, "flink"), { kind: "flink", leader: undefined });
});
