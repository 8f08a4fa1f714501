import assert from "node:assert/strict";
import { inParallel } from "../../../src/async/in_parallel.ts";
import { nextTurn } from "../state/event_loop.ts";

Deno.test("inParallel() does everything, at most so many at a time", async () => {
  const done: number[] = [];
  let underWay = 0;
  let most = 0;
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++underWay);
    await nextTurn();
    underWay -= 1;
    done.push(item);
  });
  assert.deepEqual(done.toSorted(), [1, 2, 3, 4, 5, 6, 7]);
  assert.equal(most, 3);
});

Deno.test("inParallel() begins nothing more after a failure, and waits for what is under way", async () => {
  const ended: number[] = [];
  const acting = inParallel([1, 2, 3, 4], 2, async (item) => {
    await nextTurn();
    ended.push(item);
    if (item === 1) throw new Error("of the first");
    await nextTurn();
    ended.push(item * 10);
  });
  await assert.rejects(acting, /of the first/);
  assert.deepEqual(ended, [1, 2, 20]);
});

Deno.test("inParallel() stops the others when an act throws before its first wait", async () => {
  const begun: number[] = [];
  const acting = inParallel([1, 2, 3, 4, 5], 2, (item) => {
    begun.push(item);
    if (item === 2) throw new Error("at once");
    return nextTurn();
  });
  await assert.rejects(acting, /at once/);
  assert.deepEqual(begun, [1, 2]);
});

Deno.test("inParallel() does nothing about nothing", async () => {
  await inParallel([], 5, () => Promise.reject(new Error("never")));
});
