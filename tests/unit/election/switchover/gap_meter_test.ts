import assert from "node:assert/strict";
import { GapMeter } from "../../../../src/election/switchover/gap_meter.ts";

const PATH = "/leader";

function meter() {
  const clock = { now: 0 };
  return { clock, gap: new GapMeter(PATH, () => clock.now) };
}

Deno.test("GapMeter.gapMs is the time from the end of the information to its return", () => {
  const { clock, gap } = meter();
  gap.seen();
  assert.equal(gap.gapMs, undefined);
  clock.now = 10;
  gap.note({ kind: "deleted", path: PATH });
  assert.equal(gap.gapMs, undefined);
  clock.now = 25;
  gap.note({ kind: "created", path: PATH });
  clock.now = 40;
  gap.seen();
  assert.equal(gap.gapMs, 15);
});

Deno.test("GapMeter.seen() ends a gap whose end came before anybody could watch for it", () => {
  const { clock, gap } = meter();
  gap.note({ kind: "deleted", path: PATH });
  clock.now = 3;
  gap.seen();
  assert.equal(gap.gapMs, 3);
});

Deno.test("GapMeter.note() passes over other nodes and other events", () => {
  const { gap } = meter();
  gap.note({ kind: "deleted", path: "/other" });
  gap.note({ kind: "dataChanged", path: PATH });
  gap.note({ kind: "created", path: PATH });
  assert.equal(gap.gapMs, undefined);
});

Deno.test("GapMeter.note() measures the last of several gaps", () => {
  const { clock, gap } = meter();
  gap.note({ kind: "deleted", path: PATH });
  gap.note({ kind: "created", path: PATH });
  clock.now = 10;
  gap.note({ kind: "deleted", path: PATH });
  assert.equal(gap.gapMs, undefined);
  clock.now = 12;
  gap.note({ kind: "created", path: PATH });
  assert.equal(gap.gapMs, 2);
});

Deno.test("GapMeter.spoil() leaves nothing of a measurement during which the connection was lost", () => {
  const { gap } = meter();
  gap.note({ kind: "deleted", path: PATH });
  gap.spoil();
  gap.note({ kind: "created", path: PATH });
  assert.equal(gap.gapMs, undefined);
});
