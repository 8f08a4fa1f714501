import assert from "node:assert/strict";
import { nearest } from "../../../src/config/nearest.ts";

const WORDS: [string, string | undefined][] = [
  ["zookeper", "zookeeper"],
  ["ZOOKEEPR", "zookeeper"],
  ["nne", "none"],
  ["kubernetes", undefined],
  ["", undefined],
];

for (const [word, expected] of WORDS) {
  Deno.test(`nearest() finds ${expected ?? "nothing"} for ${JSON.stringify(word)}`, () => {
    assert.equal(nearest(word, ["zookeeper", "none"]), expected);
  });
}

Deno.test("nearest() prefers the closer candidate, and the first of equals", () => {
  assert.equal(nearest("abcd", ["abXY", "abcX"]), "abcX");
  assert.equal(nearest("abcd", ["abcX", "abcY"]), "abcX");
  assert.equal(nearest("wacth", ["wait", "watch"]), "watch");
});
