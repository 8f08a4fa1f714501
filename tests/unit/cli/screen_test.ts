import assert from "node:assert/strict";
import { cut, LiveScreen } from "../../../src/cli/screen.ts";

/** Shows one picture after the other; what was written, piece by piece. */
function shown(size: { columns: number; rows: number }, ...pictures: string[][]): string[] {
  const written: string[] = [];
  {
    using live = new LiveScreen({ ...size, write: (text) => void written.push(text) });
    for (const lines of pictures) live.show(lines);
  }
  return written;
}

Deno.test("LiveScreen draws each picture over the last in one write, and leaves the terminal as it was", () => {
  const [enter, first, second, leave] = shown({ columns: 80, rows: 24 }, ["a", "b"], ["c"]);
  assert.equal(enter, "\x1b[?1049h\x1b[?25l");
  assert.equal(first, "\x1b[?2026h\x1b[Ha\x1b[K\r\nb\x1b[K\x1b[J\x1b[?2026l");
  // Nothing is erased before it is drawn again.
  assert.equal(second, "\x1b[?2026h\x1b[Hc\x1b[K\x1b[J\x1b[?2026l");
  assert.equal(leave, "\x1b[?25h\x1b[?1049l");
});

Deno.test("LiveScreen says how many lines do not fit, and never scrolls", () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const [, drawn] = shown({ columns: 80, rows: 24 }, lines);
  assert.equal(drawn!.split("\r\n").length, 24);
  assert.ok(drawn!.includes("line 22\x1b[K\r\n… 7 more lines"));
  const [, unknown] = shown({ columns: 0, rows: 0 }, lines);
  assert.equal(unknown, drawn);
});

Deno.test("cut() shortens what is too long; colours take no room", () => {
  assert.equal(cut("abcdef", 6), "abcdef");
  assert.equal(cut("abcdef", 4), "abc…");
  assert.equal(cut("\x1b[31mabcdef\x1b[0m", 6), "\x1b[31mabcdef\x1b[0m");
  assert.equal(cut("\x1b[31mabcdef\x1b[0m", 4), "\x1b[31mabc\x1b[0m…");
});
