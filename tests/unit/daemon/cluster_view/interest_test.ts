import assert from "node:assert/strict";
import { Interest, whileTrue } from "../../../../src/daemon/cluster_view/interest.ts";
import { aborted } from "../../../../src/async/abortable.ts";
import { LatestValue } from "../../../../src/async/latest_value.ts";

Deno.test("Interest lasts a while behind a request, and as long as a stream is open", () => {
  const world = { streams: 0, ms: 0 };
  const { streams, now } = { streams: () => world.streams, now: () => world.ms };
  const interest = new Interest({ streams, lastsMs: 100, now });
  assert.equal(interest.wanted.value, false);
  interest.asked();
  world.ms = 99;
  assert.equal(interest.check(), true);
  world.streams = 1;
  world.ms = 1000;
  assert.equal(interest.check(), true);
  world.streams = 0;
  assert.equal(interest.check(), false);
  assert.equal(interest.wanted.value, false);
});

Deno.test("whileTrue() runs a service as often and as long as the value is true", async () => {
  const wanted = new LatestValue(false);
  const running = new LatestValue(0);
  const stop = new AbortController();
  const { signal } = stop;
  let runs = 0;
  const done = whileTrue(wanted, async (signal) => {
    runs++;
    running.set(running.value + 1);
    await aborted(signal);
    running.set(running.value - 1);
  }, signal);
  for (const run of [1, 2]) {
    wanted.set(true);
    await running.until((count) => count === 1, { signal });
    assert.equal(runs, run);
    wanted.set(false);
    await running.until((count) => count === 0, { signal });
  }
  stop.abort();
  await assert.rejects(done);
});
