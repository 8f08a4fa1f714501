import assert from "node:assert/strict";
import { settle } from "../../../../src/cli/state/settlement.ts";
import { StateError } from "../../../../src/state/errors.ts";
import { FakeLeader } from "../../../support/fake_leader.ts";
import { FakeRun } from "./fake_run.ts";

const nothing = () => Promise.resolve(undefined);

Deno.test("settle() sees what the write did", async () => {
  await using fake = await FakeRun.create({ leaders: [undefined] });
  const look = () => Promise.resolve("it");
  const settlement = await settle({ ...fake.run, leaderSessionId: "x", look });
  assert.deepEqual(settlement, { kind: "done", result: "it" });
});

Deno.test("settle() sees what the write did also under another leader", async () => {
  await using other = new FakeLeader();
  await using fake = await FakeRun.create({ leaders: [other] });
  const look = () => Promise.resolve("it");
  const settlement = await settle({ ...fake.run, leaderSessionId: "x", look });
  assert.equal(settlement.kind, "done");
});

Deno.test("settle() is sure of nothing while the same one leads, or nobody", async () => {
  await using leader = new FakeLeader();
  const { leaderSessionId } = leader;
  for (const known of [leader, undefined]) {
    await using fake = await FakeRun.create({ leaders: [known] });
    const settlement = await settle({ ...fake.run, leaderSessionId, look: nothing, limitMs: 1 });
    assert.deepEqual(settlement, { kind: "unknown" });
  }
});

Deno.test("settle() is sure that a write never comes once another leads", async () => {
  await using leader = new FakeLeader();
  await using next = new FakeLeader();
  leader.isOver = true;
  const { leaderSessionId } = leader;
  await using fake = await FakeRun.create({ leaders: [leader, undefined, next] });
  const settlement = await settle({ ...fake.run, leaderSessionId, look: nothing });
  assert.deepEqual(settlement, { kind: "not-done" });
});

Deno.test("settle() looks for the leader before it looks for the write", async () => {
  await using leader = new FakeLeader();
  await using next = new FakeLeader();
  leader.isOver = true;
  const order: string[] = [];
  await using fake = await FakeRun.create({ leaders: [leader, next] });
  const { access } = fake.run;
  await settle({
    ...fake.run,
    access: {
      leaders: (options) => {
        order.push("leader");
        return access.leaders(options);
      },
    },
    leaderSessionId: leader.leaderSessionId,
    look: () => {
      order.push("look");
      return Promise.resolve(undefined);
    },
  });
  assert.deepEqual(order, ["leader", "look", "leader", "look"]);
});

Deno.test("settle() does not know if nothing can be read", async () => {
  await using fake = await FakeRun.create({ leaders: [undefined] });
  const look = () => Promise.reject(new StateError("unavailable", "ZooKeeper is away"));
  const settlement = await settle({ ...fake.run, leaderSessionId: "x", look });
  assert.deepEqual(settlement, { kind: "unknown" });
});

Deno.test("settle() looks even for those who were interrupted", async () => {
  await using fake = await FakeRun.create({ leaders: [undefined], signal: AbortSignal.abort() });
  const look = () => Promise.resolve("it");
  const settlement = await settle({ ...fake.run, leaderSessionId: "x", look });
  assert.equal(settlement.kind, "done");
});

Deno.test("settle() hides no defect", async () => {
  await using fake = await FakeRun.create({ leaders: [undefined] });
  const look = () => Promise.reject(new TypeError("A defect"));
  await assert.rejects(settle({ ...fake.run, leaderSessionId: "x", look }), /A defect/);
});
