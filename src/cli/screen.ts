import type { Screen } from "./byte_streams.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
/** A terminal that knows them shows what is between as one; others pass over them. */
const BEGIN = "\x1b[?2026h\x1b[H";
const END = "\x1b[J\x1b[?2026l";
/** What a terminal is taken for that does not know its size. */
const USUAL = { columns: 80, rows: 24 };
// deno-lint-ignore no-control-regex
const TOKENS = /\x1b\[[0-9;]*m|./gsu;

/** Pictures on a terminal, one in the place of the other; it is as before when this is disposed of. */
export class LiveScreen implements Disposable {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
    screen.write(ENTER);
  }

  /** Draws over what is there, in one write and without erasing first: nothing flickers. */
  show(lines: readonly string[]): void {
    const columns = this.#screen.columns || USUAL.columns;
    const rows = this.#screen.rows || USUAL.rows;
    const drawn = fitted(lines, rows).map((line) => `${cut(line, columns)}\x1b[K`);
    this.#screen.write(`${BEGIN}${drawn.join("\r\n")}${END}`);
  }

  [Symbol.dispose](): void {
    this.#screen.write(LEAVE);
  }
}

function fitted(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  const shown = lines.slice(0, Math.max(0, rows - 1));
  return [...shown, `… ${lines.length - shown.length} more lines`];
}

/** As much of a line as fits; colours take no room. */
export function cut(line: string, columns: number): string {
  const tokens = line.match(TOKENS) ?? [];
  if (tokens.filter((token) => !token.startsWith("\x1b")).length <= columns) return line;
  let room = columns - 1;
  const kept = tokens.filter((token) => token.startsWith("\x1b") || room-- > 0);
  return `${kept.join("")}…`;
}
