import type { Style } from "../style.ts";
import { printable } from "./text.ts";

/** Makes a cell stand out; row -1 is that of the titles. */
export type Paint = (cell: string, place: { column: number; row: number }) => string;

/** Columns under their titles, as wide as what stands in them; the last one as it is. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint = (cell) => cell,
): string {
  const lines = [titles, ...rows.map((row) => row.map(printable))];
  const widths = titles.map((_, column) =>
    lines.reduce((width, line) => Math.max(width, line[column]!.length), 0)
  );
  const padded = (cell: string, column: number, row: number) =>
    paint(cell, { column, row: row - 1 }) + " ".repeat(widths[column]! - cell.length);
  return lines.map((line, row) =>
    line.map((cell, column) => padded(cell, column, row)).join("  ").trimEnd()
  ).join("\n");
}

/** Titles that stand out, and nothing else. */
export function titlesIn(style: Style): Paint {
  return (cell, { row }) => row < 0 ? style.heading(cell) : cell;
}

const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB"];

/** A number of bytes for people: `512 B`, `1.5 KiB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let [value, unit] = [bytes / 1024, 0];
  for (; value >= 1023.95 && unit < UNITS.length - 1; unit++) value /= 1024;
  return `${value.toFixed(1)} ${UNITS[unit]}`;
}

/** `1 blob`, `2 blobs`, `0 blobs`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
