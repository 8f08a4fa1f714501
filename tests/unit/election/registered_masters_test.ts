import assert from "node:assert/strict";
import { type NodeData, type Stat, ZkError, type ZooKeeper } from "zookeeper";
import { electionLayout } from "../../../src/election/layout.ts";
import { readRegisteredMasters } from "../../../src/election/registered_masters.ts";

const signal = new AbortController().signal;
const layout = electionLayout("/flink/cluster_one");

/** As much of a session as reads the children of one node. */
function zooKeeper(nodes: Readonly<Record<string, { text: string; owner?: bigint }>>) {
  const reads: string[] = [];
  const zk: Pick<ZooKeeper, "getChildren" | "getData"> = {
    getChildren: () => Promise.resolve({ children: Object.keys(nodes), stat: {} as Stat }),
    getData: (path) => {
      const name = path.split("/").at(-1)!;
      reads.push(name);
      const { text, owner = 1n } = nodes[name]!;
      if (text === "gone") {
        return Promise.reject(new ZkError("NoNode", { operation: "getData", path }));
      }
      const data = new TextEncoder().encode(text);
      return Promise.resolve({ data, stat: { ephemeralOwner: owner } } as NodeData);
    },
  };
  return { zk: zk as ZooKeeper, reads };
}

Deno.test("readRegisteredMasters() gives what the masters call themselves", async () => {
  const { zk } = zooKeeper({
    1: { text: '{"participant":"b:8081","version":"0"}' },
    2: { text: '{"participant":"a:8081"}' },
  });
  assert.deepEqual(await readRegisteredMasters(zk, layout, { signal }), ["a:8081", "b:8081"]);
});

Deno.test("readRegisteredMasters() passes over what is gone, of another kind, or nobody's", async () => {
  const { zk } = zooKeeper({
    1: { text: "gone" },
    2: { text: "{" },
    3: { text: '{"participant":7}' },
    4: { text: '{"participant":"a:8081"}', owner: 0n },
  });
  assert.deepEqual(await readRegisteredMasters(zk, layout, { signal }), []);
});

Deno.test("readRegisteredMasters() reads no more than any cluster has", async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `node-${index}`);
  const { zk, reads } = zooKeeper(
    Object.fromEntries(names.map((name) => [name, { text: "{}" }])),
  );
  assert.deepEqual(await readRegisteredMasters(zk, layout, { signal }), []);
  assert.equal(reads.length, 200);
});
