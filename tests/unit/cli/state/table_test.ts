import assert from "node:assert/strict";
import { counted, formatSize, table } from "../../../../src/cli/state/table.ts";

Deno.test("table() lines up columns, and leaves no blanks at the ends of lines", () => {
  assert.equal(table(["A", "B"], [["long", ""], ["x", "y"]]), "A     B\nlong\nx     y");
});

Deno.test("table() keeps each row on a line of its own", () => {
  assert.equal(table(["A"], [["a\nb\u001b[0m\u2028"]]), "A\na?b?[0m?");
});

Deno.test("formatSize() writes a number of bytes for people", () => {
  const cases: [bytes: number, text: string][] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [1536, "1.5 KiB"],
    [1_048_575, "1.0 MiB"],
    [100 * 1024 ** 2, "100.0 MiB"],
    [3 * 1024 ** 5, "3.0 PiB"],
    [5000 * 1024 ** 5, "5000.0 PiB"],
  ];
  for (const [bytes, text] of cases) assert.equal(formatSize(bytes), text);
});

Deno.test("counted() knows one from many", () => {
  assert.deepEqual([0, 1, 2].map((count) => counted(count, "entry", "entries")), [
    "0 entries",
    "1 entry",
    "2 entries",
  ]);
});
