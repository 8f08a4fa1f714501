import assert from "node:assert/strict";
import { parsePortRange } from "../../../src/config/port_range.ts";
import { problemsOf } from "./problems.ts";

const span = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const RANGES: [string, number[]][] = [
  ["50010", [50010]],
  ["50000-50025", span(50000, 50025)],
  [
    "50010,50011,50020-50025,50050-50075",
    [50010, 50011, ...span(50020, 50025), ...span(50050, 50075)],
  ],
  [" 51234", [51234]],
  ["50000-50050, 50100-50200,51234 ", [...span(50000, 50050), ...span(50100, 50200), 51234]],
  ["5,1,2,3,4", [5, 1, 2, 3, 4]],
  ["0", [0]],
  ["0-2", [0, 1, 2]],
  ["5,", [5]],
  ["5,,", [5]],
  [",", []],
  ["5,5,4-6", [5, 5, 4, 5, 6]],
  ["+5", [5]],
  ["007", [7]],
  ["65535", [65535]],
];

for (const [text, ports] of RANGES) {
  Deno.test(`parsePortRange() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual([...parsePortRange(text).ports()], ports);
  });
}

const REFUSED: [string, RegExp][] = [
  ["", /is empty/],
  ["  ", /is empty/],
  [",5", /"" is empty/],
  ["5,,6", /port range "5,,6": "" is empty/],
  ["a", /"a" is neither a port nor a range/],
  ["localhost", /neither a port nor a range/],
  ["5-", /neither a port nor a range/],
  ["-5", /neither a port nor a range/],
  ["-", /neither a port nor a range/],
  ["1-2-3", /neither a port nor a range/],
  ["1 - 3", /neither a port nor a range/],
  ["1- 3", /neither a port nor a range/],
  ["5.0", /neither a port nor a range/],
  ["0x10", /neither a port nor a range/],
  ["99999999999", /out of range/],
  ["65536", /"65536" is out of range; ports are 0 to 65535/],
  ["70000", /out of range/],
  ["70000-70001", /out of range/],
  ["0-70000", /out of range/],
  ["5--7", /out of range/],
  ["5-5", /"5-5" is a single port; write 5/],
  ["5-1", /"5-1" ends before it starts; write 1-5/],
  ["5-1,7", /port range "5-1,7": "5-1" ends before it starts/],
];

for (const [text, message] of REFUSED) {
  Deno.test(`parsePortRange() refuses ${JSON.stringify(text)}`, () => {
    assert.match(problemsOf(() => parsePortRange(text)).join(), message);
  });
}

Deno.test("parsePortRange() keeps the text and can be gone through again", () => {
  const range = parsePortRange(" 1-3 ");
  assert.equal(range.text, "1-3");
  assert.deepEqual([...range.ports()], [...range.ports()]);
});
