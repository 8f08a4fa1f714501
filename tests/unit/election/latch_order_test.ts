import assert from "node:assert/strict";
import { contenderPrefix, latchQueue } from "../../../src/election/latch_order.ts";
import { randomSource } from "./random_source.ts";

/** A contender's name as Curator makes it. */
function contender(number: string): string {
  return `_c_${crypto.randomUUID()}-latch-${number}`;
}

function byName(left: string, right: string): number {
  return left < right ? -1 : 1;
}

Deno.test("contenderPrefix() is what Curator's protected creation makes", () => {
  assert.equal(
    contenderPrefix("00112233-4455-6677-8899-aabbccddeeff"),
    "_c_00112233-4455-6677-8899-aabbccddeeff-latch-",
  );
});

Deno.test("latchQueue() orders by the server's number, whatever the ids are", () => {
  const random = randomSource();
  for (let round = 0; round < 50; round++) {
    const queue = Array.from({ length: 10 }, (_, index) => contender(`000000009${index}`));
    const children = queue.toSorted(() => random.below(3) - 1);
    assert.deepEqual(latchQueue(children).contenders, queue, random.seed);
  }
});

Deno.test("latchQueue() takes what stands behind the last mark", () => {
  const [first, second] = ["zz-latch-9999999999-latch-0000000001", contender("0000000002")];
  assert.deepEqual(latchQueue([second, first]).contenders, [first, second]);
});

Deno.test("latchQueue() orders the numbers as text, as Curator does", () => {
  // The server's counter goes on with negative numbers when it has overflowed.
  const numbers = ["-000000001", "-2147483647", "-2147483648", "0000000000", "2147483647"];
  const queue = numbers.map(contender);
  assert.deepEqual(latchQueue(queue.toReversed()).contenders, queue);
});

for (
  const name of [
    "0config",
    "lock-0000000001",
    "latch-",
    "latch-1",
    "latch-000000001",
    "latch-00000000010",
    "latch-0000000001x",
    "latch-000000000x",
    "latch--00000001",
    "latch-+000000001",
    "Latch-0000000001",
    "_c_00112233-4455-6677-8899-aabbccddeeff-lock-0000000001",
    "latch-٠٠٠٠٠٠٠٠٠٠",
    "\u{1f600}",
    "",
  ]
) {
  Deno.test(`latchQueue() passes over the child "${name}"`, () => {
    const real = contender("0000000007");
    assert.deepEqual(latchQueue([name, real]), { contenders: [real], foreign: [name] });
  });
}

Deno.test("latchQueue() agrees with Curator on every contender, by UTF-16 units", () => {
  const random = randomSource();
  const prefixes = ["", "\uff5e", "\u{1f600}", "\ue000", "_c_", "latch-"];
  for (let round = 0; round < 100; round++) {
    const names = Array.from({ length: 8 }, () => {
      const digits = String(random.below(100)).padStart(10, "0");
      return `${prefixes[random.below(prefixes.length)]}latch-${digits}`;
    });
    const keyOf = (name: string) => name.slice(name.lastIndexOf("latch-") + "latch-".length);
    const keys = latchQueue(names).contenders.map(keyOf);
    assert.deepEqual(keys, names.map(keyOf).sort(byName), random.seed);
  }
});

Deno.test("latchQueue() keeps the order of contenders with equal numbers", () => {
  const names = ["b-latch-0000000001", "a-latch-0000000001"];
  assert.deepEqual(latchQueue(names).contenders, names);
});

Deno.test("latchQueue() of no children is empty and leaves its argument alone", () => {
  assert.deepEqual(latchQueue([]), { contenders: [], foreign: [] });
  const children = Object.freeze([contender("0000000002"), contender("0000000001")]);
  assert.equal(latchQueue(children).contenders.length, 2);
});
