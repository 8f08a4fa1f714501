import assert from "node:assert/strict";
import {
  OPEN_ACL,
  type Stat,
  TransactionError,
  type TransactionStep,
  ZkError,
  type ZkErrorCode,
  type ZooKeeper,
} from "zookeeper";
import { electionLayout } from "../../../src/election/layout.ts";
import {
  isPublished,
  leaderAddress,
  publish,
  type Publisher,
  withdraw,
} from "../../../src/election/publication.ts";

const layout = electionLayout("/flink/cluster_one");
const LATCH_PATH = `${layout.latch}/_c_x-latch-0000000000`;
const OWN_ID = 7n;
const PUBLICATION = {
  leaderSessionId: "00112233-4455-6677-8899-aabbccddeeff",
  details: { host: "localhost", webuiPort: 8081, rpcPort: 50010, epoch: 3n, version: "1" },
};
const signal = new AbortController().signal;

/** As much of a client as a publication uses: some nodes, and what each multi does. */
class FakeZooKeeper {
  readonly credentials = { id: OWN_ID };
  readonly state = { kind: "connected" };
  readonly nodes = new Map<string, { data: Uint8Array; stat: Stat }>();
  readonly transactions: TransactionStep[][] = [];
  readonly createdPaths: string[] = [];
  onMulti: (steps: TransactionStep[]) => void = () => {};

  put(path: string, ephemeralOwner: bigint, version: number): void {
    const stat = { ephemeralOwner, version } as Stat;
    this.nodes.set(path, { data: new Uint8Array(), stat });
  }

  exists(path: string): Promise<Stat | undefined> {
    return Promise.resolve(this.nodes.get(path)?.stat);
  }

  getData(path: string): Promise<{ data: Uint8Array; stat: Stat }> {
    return Promise.resolve(this.nodes.get(path)!);
  }

  createPath(path: string): Promise<void> {
    this.createdPaths.push(path);
    return Promise.resolve();
  }

  async multi(steps: TransactionStep[]): Promise<void> {
    this.transactions.push(steps);
    await Promise.resolve();
    this.onMulti(steps);
    for (const step of steps) {
      if (step.kind !== "create") continue;
      const stat = { ephemeralOwner: OWN_ID, version: 0 } as Stat;
      this.nodes.set(step.path, { data: step.data!, stat });
    }
  }

  /** Lets every multi fail at one step. */
  failAt(index: number, code: ZkErrorCode): void {
    this.onMulti = (steps) => {
      throw new TransactionError(code, steps[index]!, index);
    };
  }
}

function publisherOn(zk: FakeZooKeeper): Publisher {
  return { zk: zk as unknown as ZooKeeper, layout, acl: OPEN_ACL, latchPath: LATCH_PATH };
}

function summary(steps: readonly TransactionStep[]): string[] {
  return steps.map((step) => {
    const version = "version" in step ? ` ${step.version}` : "";
    return `${step.kind} ${step.path.slice(step.path.lastIndexOf("/") + 1)}${version}`;
  });
}

Deno.test("leaderAddress() is Flink's, with IPv6 in brackets", () => {
  assert.equal(leaderAddress({ host: "master-1", webuiPort: 8081 }), "http://master-1:8081");
  assert.equal(leaderAddress({ host: "::1", webuiPort: 8082 }), "http://[::1]:8082");
});

Deno.test("publish() checks the latch node first and creates both nodes as ephemeral", async () => {
  const zk = new FakeZooKeeper();
  await publish(publisherOn(zk), PUBLICATION, signal);
  assert.deepEqual(zk.transactions.map(summary), [
    ["check _c_x-latch-0000000000", "create connection_info", "create masterd_info"],
  ]);
  const creations = zk.transactions[0]!.slice(1);
  assert.ok(creations.every((step) => step.kind === "create" && step.mode === "ephemeral"));
});

Deno.test("publish() writes to its own nodes and replaces those of others", async () => {
  const zk = new FakeZooKeeper();
  zk.put(layout.connectionInfo, OWN_ID, 4);
  zk.put(layout.details, 8n, 2);
  await publish(publisherOn(zk), PUBLICATION, signal);
  assert.deepEqual(zk.transactions.map(summary), [[
    "check _c_x-latch-0000000000",
    "setData connection_info 4",
    "delete masterd_info 2",
    "create masterd_info",
  ]]);
});

for (const code of ["BadVersion", "NoNode", "NodeExists"] as const) {
  Deno.test(`publish() looks again after ${code}, but not for ever`, async () => {
    const zk = new FakeZooKeeper();
    zk.failAt(1, code);
    await assert.rejects(publish(publisherOn(zk), PUBLICATION, signal), { code });
    assert.equal(zk.transactions.length, 10);
    assert.deepEqual(new Set(zk.createdPaths), new Set(["/flink/cluster_one/leader/rest_server"]));
  });
}

Deno.test("publish() gives up at once when the latch node is gone", async () => {
  const zk = new FakeZooKeeper();
  zk.failAt(0, "NoNode");
  await assert.rejects(publish(publisherOn(zk), PUBLICATION, signal), (error) => {
    assert.ok(error instanceof TransactionError);
    assert.equal(error.step.kind, "check");
    return true;
  });
  assert.equal(zk.transactions.length, 1);
});

Deno.test("publish() does not repeat a transaction whose outcome is unknown", async () => {
  const zk = new FakeZooKeeper();
  zk.onMulti = () => {
    throw new ZkError("ConnectionLoss", { operation: "multi" });
  };
  await assert.rejects(publish(publisherOn(zk), PUBLICATION, signal), { code: "ConnectionLoss" });
  assert.equal(zk.transactions.length, 1);
});

Deno.test("isPublished() is true for what publish() wrote, and for nothing else", async () => {
  const zk = new FakeZooKeeper();
  const publisher = publisherOn(zk);
  const isSaid = () => isPublished(publisher, PUBLICATION, { watch: () => {}, signal });
  assert.equal(await isSaid(), false);
  await publish(publisher, PUBLICATION, signal);
  assert.equal(await isSaid(), true);

  for (const path of [layout.connectionInfo, layout.details]) {
    const node = zk.nodes.get(path)!;
    const { data, stat } = node;
    for (
      const other of [
        { data: data.slice(1), stat },
        { data: Uint8Array.from([...data, 0]), stat },
        { data: data.with(data.length - 1, data.at(-1)! ^ 1), stat },
        { data, stat: { ...stat, ephemeralOwner: 8n } },
        { data, stat: { ...stat, ephemeralOwner: 0n } },
      ]
    ) {
      zk.nodes.set(path, other);
      assert.equal(await isSaid(), false);
    }
    zk.nodes.delete(path);
    assert.equal(await isSaid(), false);
    zk.nodes.set(path, node);
    assert.equal(await isSaid(), true);
  }
});

const WITHDRAWN = [LATCH_PATH, layout.connectionInfo, layout.details];

/** The paths of each transaction; all were to be deleted. */
function deletedPaths(zk: FakeZooKeeper): string[][] {
  return zk.transactions.map((steps) => {
    assert.ok(steps.every(({ kind }) => kind === "delete"));
    return steps.map(({ path }) => path);
  });
}

Deno.test("withdraw() deletes latch and information together, whatever is in them", async () => {
  const zk = new FakeZooKeeper();
  assert.equal(await withdraw(publisherOn(zk), signal), true);
  assert.deepEqual(deletedPaths(zk), [WITHDRAWN]);
});

Deno.test("withdraw() goes on without what somebody else removed", async () => {
  const zk = new FakeZooKeeper();
  zk.failAt(1, "NoNode");
  const onMulti = zk.onMulti;
  zk.onMulti = (steps) => {
    zk.onMulti = () => {};
    onMulti(steps);
  };
  assert.equal(await withdraw(publisherOn(zk), signal), true);
  assert.deepEqual(deletedPaths(zk), [WITHDRAWN, [LATCH_PATH, layout.details]]);
});

for (const [code, isGone] of [["NoNode", true], ["NoAuth", false]] as const) {
  Deno.test(`withdraw() touches nothing when the latch node fails with ${code}`, async () => {
    const zk = new FakeZooKeeper();
    zk.failAt(0, code);
    assert.equal(await withdraw(publisherOn(zk), signal), isGone);
    assert.equal(zk.transactions.length, 1);
  });
}
