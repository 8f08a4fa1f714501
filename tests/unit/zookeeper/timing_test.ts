import assert from "node:assert/strict";
import { connectTimeoutOf, reconnectPauseMs, timingOf } from "../../../src/zookeeper/timing.ts";

const TIMINGS: [sessionMs: number, readTimeoutMs: number, pingAfterMs: number][] = [
  [10_000, 6666, 2333],
  [4000, 2666, 1000],
  [6000, 4000, 1000],
  [6003, 4002, 1001],
  [3000, 2000, 1000],
  [1000, 666, 333],
  [30_000, 20_000, 9000],
  [40_000, 26_666, 10_000],
  [120_000, 80_000, 10_000],
];
for (const [sessionMs, readTimeoutMs, pingAfterMs] of TIMINGS) {
  Deno.test(`timingOf(${sessionMs}) is what Java's client computes`, () => {
    assert.deepEqual(timingOf(sessionMs), { readTimeoutMs, pingAfterMs });
  });
}

Deno.test("timingOf() leaves room for an answer to a ping before patience ends", () => {
  for (let sessionMs = 100; sessionMs <= 60_000; sessionMs += 100) {
    const { readTimeoutMs, pingAfterMs } = timingOf(sessionMs);
    assert.ok(pingAfterMs <= readTimeoutMs / 2 && pingAfterMs > 0, `${sessionMs}`);
    assert.ok(readTimeoutMs < sessionMs, `${sessionMs}`);
  }
});

Deno.test("connectTimeoutOf() lets each server be tried within the session", () => {
  assert.equal(connectTimeoutOf(10_000, 5), 2000);
  assert.equal(connectTimeoutOf(10_000, 7), 1428);
  assert.equal(connectTimeoutOf(2, 5), 1);
});

Deno.test("connectTimeoutOf() leaves room for several attempts on few servers", () => {
  assert.deepEqual([1, 2, 3, 4].map((count) => connectTimeoutOf(10_000, count)), [
    2500,
    2500,
    2500,
    2500,
  ]);
});

const LONG = { sessionTimeoutMs: 60_000, random: () => 1 };

Deno.test("reconnectPauseMs() is nothing until each server was tried once", () => {
  assert.deepEqual([0, 1, 2].map((attempts) => reconnectPauseMs(attempts, 3, LONG)), [0, 0, 0]);
});

Deno.test("reconnectPauseMs() doubles with each round up to its limit, and varies by half", () => {
  const longest = [1, 2, 3, 4, 5, 6].map((round) => reconnectPauseMs(round, 1, LONG));
  assert.deepEqual(longest, [40, 80, 160, 320, 500, 500]);
  assert.equal(reconnectPauseMs(2, 1, { ...LONG, random: () => 0 }), 40);
});

Deno.test("reconnectPauseMs() stays short against the session timeout", () => {
  const longest = (sessionTimeoutMs: number) =>
    [1, 2, 3, 4].map((round) => reconnectPauseMs(round, 1, { ...LONG, sessionTimeoutMs }));
  assert.deepEqual(longest(2000), [40, 80, 100, 100]);
  assert.deepEqual(longest(10_000), [40, 80, 160, 320]);
  assert.deepEqual(longest(100), [20, 20, 20, 20], "it does not spin");
});
