import assert from "node:assert/strict";
import { Gaps } from "../../../../src/cli/drill/gaps.ts";

Deno.test("Gaps gives median and maximum of what was measured", () => {
  const gaps = new Gaps();
  assert.deepEqual([gaps.medianMs, gaps.maxMs], [undefined, undefined]);
  const seen = [30, 10, 50, 20].map((gapMs) => {
    gaps.add(gapMs);
    return [gaps.medianMs, gaps.maxMs];
  });
  assert.deepEqual(seen, [[30, 30], [20, 30], [30, 50], [25, 50]]);
});
