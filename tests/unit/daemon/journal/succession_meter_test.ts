import assert from "node:assert/strict";
import { SuccessionMeter } from "../../../../src/daemon/journal/succession_meter.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";

function leader(leaderSessionId: string): LeaderInformation {
  return { leaderSessionId, address: `http://${leaderSessionId}:8081` };
}

const [A, B] = [leader("a"), leader("b")];

/** A meter with a clock that stands still until it is moved. */
function start() {
  const clock = { ms: 10_000 };
  const meter = new SuccessionMeter(() => clock.ms, () => new Date(clock.ms));
  return {
    meter,
    at(ms: number, step: (meter: SuccessionMeter) => void) {
      clock.ms = ms;
      step(meter);
      return meter.succession;
    },
  };
}

Deno.test("SuccessionMeter measures for how long nobody could be found", () => {
  const { at } = start();
  at(0, (meter) => meter.connected(true));
  at(100, (meter) => meter.saw(A));
  assert.equal(at(5000, (meter) => meter.saw(undefined)), undefined);
  assert.deepEqual(at(5012.34, (meter) => meter.saw(B)), {
    leaderSessionId: "b",
    predecessor: A,
    endedAt: "1970-01-01T00:00:05.000Z",
    gapMs: 12.3,
  });
});

Deno.test("SuccessionMeter knows no gap before the first leader", () => {
  const { at } = start();
  at(0, (meter) => meter.connected(true));
  assert.deepEqual(at(100, (meter) => meter.saw(A)), {
    leaderSessionId: "a",
    predecessor: undefined,
    endedAt: null,
    gapMs: null,
  });
});

Deno.test("SuccessionMeter measures no gap that it did not see from end to end", () => {
  const gapBehind = (...steps: readonly ((meter: SuccessionMeter) => void)[]) => {
    const { at } = start();
    at(0, (meter) => meter.connected(true));
    at(100, (meter) => meter.saw(A));
    for (const [index, step] of steps.entries()) at(5000 + index * 10, step);
    return at(9000, (meter) => meter.saw(B))?.gapMs;
  };
  const gone = (meter: SuccessionMeter) => meter.saw(undefined);
  const dark = (meter: SuccessionMeter) => meter.connected(false);
  const lit = (meter: SuccessionMeter) => meter.connected(true);
  assert.equal(gapBehind(gone), 4000);
  assert.equal(gapBehind(dark, gone, lit), null, "gone while there was no connection");
  assert.equal(gapBehind(dark, lit, gone), null, "gone as the connection came back, or before");
  assert.equal(gapBehind(gone, dark, lit), null, "the connection was lost within the gap");
  assert.equal(gapBehind(), null, "one right behind the other");
});

Deno.test("SuccessionMeter takes the same leader, seen again, for no successor", () => {
  const { at } = start();
  at(0, (meter) => meter.connected(true));
  const first = at(100, (meter) => meter.saw(A));
  assert.equal(at(200, (meter) => meter.saw({ ...A })), first);
});
