import assert from "node:assert/strict";
import { isEntryName } from "../../../src/state/entry.ts";

const NAMES: [name: string, isRight: boolean][] = [
  ["a", true],
  ["0", true],
  ["checkpoint", true],
  ["Job_1.result-final", true],
  ["a..b", true],
  ["a".repeat(200), true],
  ["constructor", true],
  ["", false],
  ["a".repeat(201), false],
  ["a".repeat(1000), false],
  [".", false],
  ["..", false],
  [".hidden", false],
  ["-rf", false],
  ["_a", false],
  ["__proto__", false],
  ["a/b", false],
  ["../../etc/passwd", false],
  ["/a", false],
  ["a\\b", false],
  ["a b", false],
  ["a\n", false],
  ["a\u0000", false],
  ["a%2Fb", false],
  ["😀", false],
  ["naïve", false],
  ["a\u202e", false],
];

for (const [name, isRight] of NAMES) {
  const shown = name.length > 30 ? `${name.slice(0, 5)}… (${name.length})` : JSON.stringify(name);
  Deno.test(`isEntryName() ${isRight ? "takes" : "refuses"} ${shown}`, () => {
    assert.equal(isEntryName(name), isRight);
  });
}
