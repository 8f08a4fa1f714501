import assert from "node:assert/strict";
import { parseDuration } from "../../../src/config/duration.ts";
import { problemsOf } from "./problems.ts";

const DURATIONS: [string, number][] = [
  ["60000", 60_000],
  ["60 s", 60_000],
  ["60s", 60_000],
  ["  60  s  ", 60_000],
  ["60\ts", 60_000],
  ["0", 0],
  ["007", 7],
  ["1 d", 86_400_000],
  ["2 days", 172_800_000],
  ["1 h", 3_600_000],
  ["1 hour", 3_600_000],
  ["5 min", 300_000],
  ["5 m", 300_000],
  ["5 minutes", 300_000],
  ["3 sec", 3000],
  ["3 SECONDS", 3000],
  ["250 ms", 250],
  ["250 millis", 250],
  ["500 us", 0.5],
  ["500 \u00b5s", 0.5],
  ["500 \u03bcs", 0.5],
  ["1000 micros", 1],
  ["1000000 ns", 1],
  ["2147483647", 2_147_483_647],
];

for (const [text, ms] of DURATIONS) {
  Deno.test(`parseDuration() reads ${JSON.stringify(text)}`, () => {
    assert.equal(parseDuration(text), ms);
  });
}

for (const text of ["", " ", "s", "abc", "-5 s", "1.5 s", "5 s 3 ms", "0x10", "1e3"]) {
  Deno.test(`parseDuration() refuses ${JSON.stringify(text)}`, () => {
    assert.match(
      problemsOf(() => parseDuration(text)).join(),
      /is not a duration; write .* 60 s|unknown unit/,
    );
  });
}

Deno.test("parseDuration() lists the units if it does not know one", () => {
  assert.deepEqual(problemsOf(() => parseDuration("5 weeks")), [
    '"5 weeks" has the unknown unit "weeks"; units are d, h, min, s, ms, us, ns',
  ]);
});

Deno.test("parseDuration() refuses what a timer cannot wait for", () => {
  const outOfRange = /is out of range; write 0 ms to 2147483647 ms/;
  assert.match(problemsOf(() => parseDuration("2147483648")).join(), outOfRange);
  assert.match(problemsOf(() => parseDuration("99999999999999999999 d")).join(), outOfRange);
});

Deno.test("parseDuration() keeps to the limits it is given", () => {
  assert.equal(parseDuration("1 ms", { minMs: 1 }), 1);
  assert.match(problemsOf(() => parseDuration("0", { minMs: 1 })).join(), /write 1 ms to/);
  assert.match(problemsOf(() => parseDuration("2 s", { maxMs: 1000 })).join(), /to 1000 ms/);
});
