import assert from "node:assert/strict";
import { backoff } from "../../../src/async/backoff.ts";

const take = (count: number, random: () => number) =>
  Array.from(
    { length: count },
    ((pauses) => () => pauses.next().value)(backoff({ initialMs: 100, maxMs: 500 }, random)),
  );

Deno.test("backoff() doubles up to its limit", () => {
  assert.deepEqual(take(5, () => 1), [100, 200, 400, 500, 500]);
});

Deno.test("backoff() shortens a pause by up to half", () => {
  assert.deepEqual(take(3, () => 0), [50, 100, 200]);
});
