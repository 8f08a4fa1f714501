import assert from "node:assert/strict";
import {
  CLOCK_READ_INTERVAL_MS,
  StallFreeClock,
} from "../../../../src/quorum/server/stall_free_clock.ts";

Deno.test("StallFreeClock.now() runs with the clock beneath while it is read often", () => {
  let monotonicMs = 1000;
  const clock = new StallFreeClock(() => monotonicMs);
  const startMs = clock.now();
  for (let turn = 0; turn < 10; turn++) {
    monotonicMs += CLOCK_READ_INTERVAL_MS;
    clock.now();
  }
  assert.equal(clock.now() - startMs, 10 * CLOCK_READ_INTERVAL_MS);
  assert.equal(clock.stalledMs, 0);
});

Deno.test("StallFreeClock.now() leaves out a stall, and never runs faster than the clock beneath", () => {
  let monotonicMs = 0;
  const clock = new StallFreeClock(() => monotonicMs);
  monotonicMs += 60_000;
  assert.equal(clock.now(), CLOCK_READ_INTERVAL_MS);
  assert.equal(clock.stalledMs, 60_000 - CLOCK_READ_INTERVAL_MS);
  monotonicMs += 10;
  assert.equal(clock.now(), CLOCK_READ_INTERVAL_MS + 10);
});
