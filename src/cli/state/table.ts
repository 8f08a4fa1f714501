import { printable } from "./text.ts";

/** Columns under their titles, as wide as what stands in them; the last one as it is. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [titles, ...rows.map((row) => row.map(printable))];
  const widths = titles.map((_, column) =>
    lines.reduce((width, line) => Math.max(width, line[column]!.length), 0)
  );
  return lines.map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()
  ).join("\n");
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
