import assert from "node:assert/strict";
import { formatTag, isNamed, readExpectation } from "../../../src/http/conditions.ts";

Deno.test("readExpectation() reads what a write may expect", () => {
  assert.equal(readExpectation(new Headers()), undefined);
  assert.equal(readExpectation(new Headers({ "if-match": "*" })), "present");
  assert.equal(readExpectation(new Headers({ "if-none-match": "*" })), "absent");
  assert.deepEqual(readExpectation(new Headers({ "if-match": formatTag(7n) })), { version: 7n });
  const large = 9_007_199_254_740_993n;
  assert.deepEqual(readExpectation(new Headers({ "if-match": `"${large}"` })), { version: large });
});

const REFUSED: Record<string, string>[] = [
  { "if-match": "7" },
  { "if-match": '"seven"' },
  { "if-match": 'W/"7"' },
  { "if-match": '"7", "8"' },
  { "if-match": "" },
  { "if-none-match": '"7"' },
  { "if-match": "*", "if-none-match": "*" },
];

for (const headers of REFUSED) {
  Deno.test(`readExpectation() refuses ${JSON.stringify(headers)}`, () => {
    assert.throws(() => readExpectation(new Headers(headers)), { status: 400 });
  });
}

Deno.test("isNamed() knows a version among several tags, weak ones too", () => {
  const named = (tags: string) => isNamed(new Headers({ "if-none-match": tags }), 7n);
  assert.deepEqual(['"7"', "*", 'W/"7"', '"6", "7"'].map(named), [true, true, true, true]);
  assert.deepEqual(['"8"', "7", '"77"', "nonsense"].map(named), [false, false, false, false]);
  assert.equal(isNamed(new Headers(), 7n), false);
});
