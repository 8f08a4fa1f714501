import assert from "node:assert/strict";
import { clockOf } from "../../../../src/cli/doctor/zookeeper_clock.ts";

const NOW = 1_000_000_000_000;
const OPTIONS = { sessionTimeoutMs: 10_000, isBeating: true, now: NOW };

/** Transactions in their order, each so long before now. */
function stamps(...agesMs: number[]) {
  return agesMs.map((ageMs, index) => ({ zxid: BigInt(index), atMs: NOW - ageMs })).reverse();
}

Deno.test("clockOf() finds nothing in times that grow with the transactions", () => {
  const clock = clockOf(stamps(90_000, 3000, 3000, 400), OPTIONS);
  assert.deepEqual([clock?.stepMs, clock?.offset], [0, { ms: -400, uncertaintyMs: 10_000 }]);
  assert.equal(clockOf([], OPTIONS), undefined);
});

Deno.test("clockOf() tells by how much the clock was set back at most", () => {
  assert.equal(clockOf(stamps(90_000, 3000, 60_000, 1000), OPTIONS)?.stepMs, -57_000);
});

Deno.test("clockOf() says how the clock stands only where a time cannot be an old one", () => {
  const silent = { ...OPTIONS, isBeating: false };
  assert.equal(clockOf(stamps(90_000), silent)?.offset, undefined);
  assert.deepEqual(clockOf(stamps(-30_000), silent)?.offset, { ms: 30_000, uncertaintyMs: 0 });
});
