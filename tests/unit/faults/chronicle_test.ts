import assert from "node:assert/strict";
import { Chronicle, parseEntries } from "../../faults/chronicle.ts";

/** The chronicle of lines without their pid: one pid for each epoch, or the one that is given. */
function chronicle(...lines: string[]): Chronicle {
  const chronicle = new Chronicle();
  chronicle.add(parseEntries(lines.map((line) => `${line}\n`).join("")));
  return chronicle;
}

Deno.test("Chronicle finds no overlap between reigns that follow each other, and their gap", () => {
  const { overlaps, gapsMs, reigns } = chronicle(
    "100.5 7 1 start",
    "105.5 7 1 beat",
    "110.5 7 1 exit",
    "150.0 9 2 start",
    "155.0 9 2 beat",
  );
  assert.deepEqual(overlaps, []);
  assert.deepEqual(gapsMs, [39.5]);
  assert.deepEqual(reigns.map(({ epoch, starts }) => [epoch, starts]), [[7n, 1], [9n, 1]]);
});

Deno.test("Chronicle finds two epochs at work at once, and for how long", () => {
  const { overlaps, gapsMs } = chronicle(
    "100 7 1 start",
    "120 9 2 start",
    "130 7 1 beat",
    "140 9 2 beat",
  );
  assert.deepEqual(
    overlaps.map(({ first, second, lengthMs }) => [first.pid, second.pid, lengthMs]),
    [
      [1, 2, 10],
    ],
  );
  assert.deepEqual(gapsMs, [-10]);
});

Deno.test("Chronicle finds an overlap with a reign that lies within another", () => {
  const { overlaps } = chronicle("100 7 1 start", "120 9 2 start", "121 9 2 exit", "130 7 1 beat");
  assert.equal(overlaps[0]?.lengthMs, 1);
});

Deno.test("Chronicle counts a late sign of an old command, after a freeze, as an overlap", () => {
  const { overlaps } = chronicle(
    "100 7 1 beat",
    "3000 9 2 start",
    "3100 9 2 beat",
    "6000 7 1 beat",
  );
  assert.deepEqual(overlaps.map(({ first }) => first.epoch), [7n]);
});

Deno.test("Chronicle counts two commands of one epoch as an overlap, but not a stray of the one", () => {
  const { overlaps } = chronicle(
    "100 7 1 start",
    "101 7 2 stray",
    "110 7 3 start",
    "120 7 1 beat",
    "121 7 2 stray",
    "122 7 3 beat",
  );
  assert.deepEqual(overlaps.map(({ first, second }) => [first.pid, second.pid]), [[1, 3]]);
});

Deno.test("Chronicle counts a stray that outlives its reign as an overlap", () => {
  const { overlaps } = chronicle(
    "100 7 1 start",
    "101 7 2 stray",
    "110 9 3 start",
    "111 7 2 stray",
  );
  assert.deepEqual(overlaps.map(({ first, second }) => [first.pid, second.pid]), [[2, 3]]);
});

Deno.test("Chronicle tells when a command was told to stop, and counts its starts", () => {
  const { lives, reigns } = chronicle(
    "100 7 1 start",
    "110 7 1 term",
    "112 7 1 beat",
    "115 7 1 exit",
    "120 7 2 start",
  );
  assert.deepEqual(lives.map(({ termMs }) => termMs), [110, undefined]);
  assert.equal(reigns[0]?.starts, 2);
});

Deno.test("parseEntries() refuses a line that no recorder wrote", () => {
  for (const line of ["100 7 1", "100 7 1 lunch", "100 x 1 beat", "100 7 1 beat100 7 1 beat"]) {
    assert.throws(() => parseEntries(`${line}\n`), /Cannot read the recorder's line/);
  }
});
