import assert from "node:assert/strict";
import { parseMemorySize } from "../../../src/config/memory_size.ts";
import { problemsOf } from "./problems.ts";

const SIZES: [string, number][] = [
  ["64 mb", 64 * 1024 * 1024],
  ["64mb", 64 * 1024 * 1024],
  ["64M", 64 * 1024 * 1024],
  ["1 mebibytes", 1024 * 1024],
  ["67108864", 67_108_864],
  ["7 b", 7],
  ["7 bytes", 7],
  ["2 kb", 2048],
  ["2 K", 2048],
  ["2 kibibytes", 2048],
  ["3 gb", 3 * 1024 ** 3],
  ["3 g", 3 * 1024 ** 3],
  ["1 tb", 1024 ** 4],
  ["0", 0],
];

for (const [text, bytes] of SIZES) {
  Deno.test(`parseMemorySize() reads ${text}`, () => assert.equal(parseMemorySize(text), bytes));
}

for (const text of ["", "mb", "-1 mb", "1.5 mb", "1e3", "0x10", "1 mb 2 kb"]) {
  Deno.test(`parseMemorySize() refuses ${JSON.stringify(text)}`, () => {
    assert.deepEqual(problemsOf(() => parseMemorySize(text)), [
      `${JSON.stringify(text)} is not a size; write a whole number and a unit, for example 64 mb`,
    ]);
  });
}

Deno.test("parseMemorySize() lists the units if it does not know one", () => {
  assert.deepEqual(problemsOf(() => parseMemorySize("64 mib")), [
    '"64 mib" has the unknown unit "mib"; units are b, kb, mb, gb, tb',
  ]);
});

Deno.test("parseMemorySize() keeps to its limits", () => {
  const [small] = problemsOf(() => parseMemorySize("1023", { minBytes: 1024 }));
  assert.match(small!, /is out of range; write 1024 b to 9007199254740991 b/);
  assert.match(problemsOf(() => parseMemorySize("9999999 tb")).join(), /is out of range/);
});
