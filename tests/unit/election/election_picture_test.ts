import assert from "node:assert/strict";
import { type Stat, type Watcher, ZkError, type ZooKeeper } from "zookeeper";
import { ElectionReader } from "../../../src/election/election_picture.ts";
import { encodeHistory } from "../../../src/election/history.ts";
import { electionLayout } from "../../../src/election/layout.ts";
import { led } from "./past_leaderships.ts";

const { signal } = new AbortController();
const layout = electionLayout("/flink/one");
const latch = (number: number) =>
  `_c_00000000-0000-4000-8000-000000000000-latch-${String(number).padStart(10, "0")}`;

/** Nodes with the session that owns them, and the watchers of those who have looked. */
class FakeNodes {
  readonly nodes = new Map<string, { data: Uint8Array; owner: bigint; czxid: bigint }>();
  readonly reads: string[] = [];
  readonly watchers = new Set<Watcher>();
  #zxid = 0n;

  add(path: string, text: string | Uint8Array, owner = 1n): this {
    const data = typeof text === "string" ? new TextEncoder().encode(text) : text;
    this.nodes.set(path, { data, owner, czxid: ++this.#zxid });
    return this;
  }

  get asZooKeeper(): ZooKeeper {
    return this as unknown as ZooKeeper;
  }

  onStateChange(): () => void {
    return () => {};
  }

  exists(path: string, { watch }: { watch: Watcher }): Promise<Stat | undefined> {
    this.watchers.add(watch);
    const isThere = this.#names(path).length > 0 || this.nodes.has(path);
    return Promise.resolve(isThere ? {} as Stat : undefined);
  }

  getChildren(path: string, { watch }: { watch: Watcher }): Promise<{ children: string[] }> {
    this.watchers.add(watch);
    return Promise.resolve({ children: this.#names(path) });
  }

  getData(path: string, { watch }: { watch?: Watcher }): Promise<{ data: Uint8Array; stat: Stat }> {
    if (watch) this.watchers.add(watch);
    this.reads.push(path);
    const node = this.nodes.get(path);
    if (node === undefined) {
      return Promise.reject(new ZkError("NoNode", { operation: "get", path }));
    }
    const { data, owner: ephemeralOwner, czxid } = node;
    return Promise.resolve({ data, stat: { ephemeralOwner, czxid } as Stat });
  }

  #names(path: string): string[] {
    return [...this.nodes.keys()].filter((one) => one.startsWith(`${path}/`))
      .map((one) => one.slice(path.length + 1));
  }
}

function master(participant: unknown, more: Record<string, unknown> = {}): string {
  return JSON.stringify({ participant, version: "0.1.0", pid: 7, startedAt: "now", ...more });
}

Deno.test("ElectionReader sees the queue in its order, the masters and the history", async () => {
  const nodes = new FakeNodes()
    .add(`${layout.latch}/${latch(2)}`, "b:8082", 2n)
    .add(`${layout.latch}/${latch(1)}`, "a:8081", 1n)
    .add(`${layout.masters}/x`, master("a:8081"), 1n)
    .add(layout.history, encodeHistory([led("7")]), 0n);
  using reader = new ElectionReader(nodes.asZooKeeper, layout);
  const { queue, masters, history } = await reader.look(signal);
  assert.deepEqual(queue.map(({ participant, session, epoch }) => [participant, session, epoch]), [
    ["a:8081", 1n, 2n],
    ["b:8082", 2n, 1n],
  ]);
  assert.deepEqual(masters, [{
    ...{ participant: "a:8081", session: 1n, czxid: 3n },
    ...{ version: "0.1.0", pid: 7, startedAt: "now" },
  }]);
  assert.deepEqual(history, [led("7")]);
});

Deno.test("ElectionReader reads each node once, and tells of what changes", async () => {
  const nodes = new FakeNodes().add(`${layout.latch}/${latch(1)}`, "a:8081")
    .add(`${layout.masters}/x`, master("a:8081"))
    .add(`${layout.masters}/garbage`, "x".repeat(100_000));
  using reader = new ElectionReader(nodes.asZooKeeper, layout);
  await reader.look(signal);
  const changed = reader.changed(signal);
  assert.equal(nodes.watchers.size, 1);
  for (const watcher of nodes.watchers) watcher({} as Parameters<Watcher>[0]);
  await changed;
  nodes.add(`${layout.latch}/${latch(2)}`, "b:8082");
  nodes.reads.length = 0;
  const { queue } = await reader.look(signal);
  assert.deepEqual(queue.map(({ participant }) => participant), ["a:8081", "b:8082"]);
  assert.deepEqual(nodes.reads.filter((path) => path !== layout.history), [
    `${layout.latch}/${latch(2)}`,
  ]);
});

Deno.test("ElectionReader sees an empty cluster, and passes over what is no master", async () => {
  const empty = new FakeNodes();
  using nobody = new ElectionReader(empty.asZooKeeper, layout);
  assert.deepEqual(await nobody.look(signal), { queue: [], masters: [], history: [] });
  const nodes = new FakeNodes().add(`${layout.masters}/outlives`, master("a:8081"), 0n);
  for (const [index, text] of ["", "{", "null", "[]", master(7), master("")].entries()) {
    nodes.add(`${layout.masters}/${index}`, text);
  }
  nodes.add(`${layout.masters}/odd`, master("c".repeat(5000), { pid: "x", version: {} }));
  using reader = new ElectionReader(nodes.asZooKeeper, layout);
  const { masters } = await reader.look(signal);
  assert.deepEqual(masters.map(({ participant, pid, version }) => [participant, pid, version]), [
    ["c".repeat(255), null, null],
  ]);
});

Deno.test("ElectionReader reads no more than anybody needs", async () => {
  const nodes = new FakeNodes();
  for (let number = 0; number < 1000; number++) {
    nodes.add(`${layout.latch}/${latch(number)}`, "x".repeat(10_000));
    nodes.add(`${layout.masters}/${number}`, master(`m${number}:1`));
  }
  nodes.add(layout.history, new Uint8Array(1_000_000), 0n);
  using reader = new ElectionReader(nodes.asZooKeeper, layout);
  const { queue, masters, history } = await reader.look(signal);
  assert.deepEqual([queue.length, masters.length, history.length], [200, 200, 0]);
  assert.equal(queue[0]!.participant.length, 255);
});
