import assert from "node:assert/strict";
import { isZkError } from "zookeeper";
import { findClusters } from "../../../src/election/clusters.ts";
import { FakeTree } from "./fake_tree.ts";

const { signal } = new AbortController();

/** `path kind` of what is found. */
async function find(tree: FakeTree, options: { root?: string; maxReads?: number } = {}) {
  const { root = "/flink", maxReads } = options;
  const entriesOf = (path: string) => `${path}/masterd/state/entries`;
  const search = { root, maxReads, entriesOf, signal };
  const { occupants, isComplete } = await findClusters(tree.asZooKeeper, search);
  return { found: occupants.map(({ path, kind }) => `${path} ${kind}`), isComplete };
}

function complete(...found: string[]) {
  return { found, isComplete: true };
}

Deno.test("findClusters() finds clusters at any depth, also within others", async () => {
  const tree = new FakeTree().add(
    "/flink/b/masterd/masters",
    "/flink/a/masterd/masters",
    "/flink/a/x/y/masterd/masters",
    "/flink/team/c/masterd/masters",
    "/flink/team/empty",
    "/elsewhere/d/masterd/masters",
  );
  const all = complete("/flink/a dead", "/flink/a/x/y dead", "/flink/b dead", "/flink/team/c dead");
  assert.deepEqual(await find(tree), all);
});

Deno.test("findClusters() finds a cluster whatever its name", async () => {
  const names = ["jobs", "leader", "leaderlatch", "masterd", "checkpoints", "constructor"];
  const tree = new FakeTree();
  for (const name of names) {
    tree.add(`/flink/${name}/masterd/masters`, `/flink/${name}/leader/latch`);
  }
  const all = names.toSorted().map((name) => `/flink/${name} dead`);
  assert.deepEqual(await find(tree), complete(...all));
});

Deno.test("findClusters() may begin at the root of the tree, and at a cluster", async () => {
  const tree = new FakeTree().add("/zookeeper/quota", "/masterd/masters", "/one/masterd/masters");
  const all = complete("/ dead", "/one dead", "/zookeeper foreign");
  assert.deepEqual(await find(tree, { root: "/" }), all);
  assert.deepEqual(await find(tree, { root: "/one" }), complete("/one dead"));
});

Deno.test("findClusters() finds nothing where nothing is", async () => {
  assert.deepEqual(await find(new FakeTree().add("/other")), complete());
  assert.deepEqual(await find(new FakeTree().add("/flink")), complete());
});

Deno.test("findClusters() tells Flink's clusters from nodes of others, each named once", async () => {
  const job = "0123456789abcdef0123456789abcdef";
  const tree = new FakeTree().add(
    `/flink/old/leaderlatch/rest_server_lock`,
    `/flink/new/leader/rest_server`,
    `/flink/idle/jobgraphs/${job}`,
    "/flink/idle/mesos-workers",
    "/flink/brokers/ids/1",
    "/flink/empty",
  );
  const all = ["brokers foreign", "empty foreign", "idle flink", "new flink", "old flink"];
  assert.deepEqual(await find(tree), complete(...all.map((line) => `/flink/${line}`)));
});

Deno.test("findClusters() names what it may not read, and finds the rest", async () => {
  const tree = new FakeTree().add(
    "/flink/closed/masterd/masters",
    "/flink/inner/masterd/masters",
    "/flink/inner/leader/latch",
    "/flink/huge/a",
    "/flink/open/masterd/masters",
    "/flink/team/closed",
  );
  tree.refuse("/flink/closed").refuse("/flink/team/closed");
  tree.refuse("/flink/inner/leader/latch").refuse("/flink/huge", "ResponseTooLarge");
  const lines = ["closed", "huge", "inner", "open", "team/closed"];
  const kindOf = (line: string) => line === "open" ? "dead" : "unreadable";
  const all = lines.map((line) => `/flink/${line} ${kindOf(line)}`);
  assert.deepEqual(await find(tree), complete(...all));
});

Deno.test("findClusters() says so if it may not even read the root", async () => {
  const tree = new FakeTree().add("/flink/one/masterd/masters").refuse("/flink");
  assert.deepEqual(await find(tree), complete("/flink unreadable"));
});

Deno.test("findClusters() looks again at a part that it may not read", async () => {
  const tree = new FakeTree().add("/flink/one/masterd/masters").refuse("/flink/one/masterd");
  assert.deepEqual(await find(tree), complete("/flink/one/masterd unreadable"));
});

Deno.test("findClusters() reads no more than it may, and level by level", async () => {
  const tree = new FakeTree().add("/flink/z/masterd/masters");
  for (let index = 0; index < 100; index++) tree.add(`/flink/a/${index}/deeper`);
  const { found, isComplete } = await find(tree, { maxReads: 50 });
  // Nobody knows of /flink/a whether it is foreign.
  assert.deepEqual({ found, isComplete }, { found: ["/flink/z dead"], isComplete: false });
  assert.equal(tree.reads.length, 50);
});

Deno.test("findClusters() does not lose itself where far more lies than it may read", async () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
  const children = new Map([["/flink", ["z", ...names(4000)]], ["/flink/z", names(100_000)]]);
  const getChildren = (path: string) => Promise.resolve({ children: children.get(path) ?? [] });
  const tree = new FakeTree();
  Object.defineProperty(tree, "asZooKeeper", { value: { getChildren } });
  const { found, isComplete } = await find(tree);
  assert.deepEqual([found.length, isComplete], [4000, false]);
});

Deno.test("findClusters() fails when ZooKeeper does", async () => {
  const tree = new FakeTree().add("/flink/one/a").refuse("/flink/one", "SessionExpired");
  await assert.rejects(find(tree), (error) => isZkError(error, "SessionExpired"));
});
