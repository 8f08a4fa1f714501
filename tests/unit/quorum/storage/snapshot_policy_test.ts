import assert from "node:assert/strict";
import { SnapshotPolicy } from "../../../../src/quorum/storage/mod.ts";

const LIMITS = { records: 100, bytes: 1000 };

for (const [random, records] of [[0, 50], [0.5, 75]] as const) {
  Deno.test(`a snapshot is due after ${records} of 100 records when chance says ${random}`, () => {
    const policy = new SnapshotPolicy(LIMITS, () => random);
    for (let count = 1; count < records; count++) policy.count(0);
    assert.ok(!policy.isDue);
    policy.count(0);
    assert.ok(policy.isDue);
    policy.restart();
    assert.ok(!policy.isDue);
  });
}

Deno.test("a snapshot is due after few records that are large", () => {
  const policy = new SnapshotPolicy(LIMITS, () => 0);
  policy.count(499);
  assert.ok(!policy.isDue);
  policy.count(1);
  assert.ok(policy.isDue);
});
