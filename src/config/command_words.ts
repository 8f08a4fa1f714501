import type { CommandWords } from "./command_configuration.ts";
import { invalidValue } from "./config_error.ts";
import { parseYamlList } from "./yaml_list.ts";

const EXAMPLE = `for example java -jar 'a b.jar', or ["java", "-jar", "a b.jar"]`;

// No argument of a program can hold the first; the others are slips, for a log line ends there.
// deno-lint-ignore no-control-regex
const UNFIT = /[\u0000\r\n]/;
const HOLDS_UNFIT = "holds a line break or a NUL character";

/**
 * Reads a command: words between blanks, with `'…'`, `"…"` and backslash as in a shell, or a list
 * on one line. Nothing is expanded: `$HOME`, `*` and `|` are words like any other.
 */
export function parseCommandWords(text: string): CommandWords {
  const trimmed = text.trim();
  if (trimmed.startsWith("[")) {
    const items = parseYamlList(trimmed);
    if (items !== undefined) return checkCommandWords(items, trimmed);
    throw invalidCommand(trimmed, "begins like a list and is none");
  }
  if (UNFIT.test(trimmed)) throw invalidCommand(trimmed, HOLDS_UNFIT);
  return checkCommandWords(splitWords(trimmed), trimmed);
}

/** Returns the words if a program can be started with them; `text` is what messages quote. */
export function checkCommandWords(
  words: readonly string[],
  text: string = formatCommandWords(words) || "[]",
): CommandWords {
  const [program, ...rest] = words;
  if (program === undefined) throw invalidCommand(text, "has no word");
  if (program.trim() === "") throw invalidCommand(text, "has an empty first word, the program");
  if (words.some((word) => UNFIT.test(word))) throw invalidCommand(text, HOLDS_UNFIT);
  return [program, ...rest];
}

/** Writes the words so that `parseCommandWords()` reads them again. */
export function formatCommandWords(words: readonly string[]): string {
  return words.map((word) => isPlain(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}

function isPlain(word: string): boolean {
  return /^[^\s'"\\[\]]+$/.test(word);
}

// One piece of a word: quoted once, quoted twice, after a backslash, or plain.
const PIECE = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)/ys;

/** Splits at blanks, quotes understood; `invalid` makes the error of a quote that is left open. */
export function splitWords(text: string, invalid = invalidCommand): string[] {
  const words: string[] = [];
  let position = 0;
  let word: string | undefined;
  while (position < text.length) {
    PIECE.lastIndex = position;
    const match = PIECE.exec(text);
    if (match !== null) {
      word = (word ?? "") + pieceText(match);
      position = PIECE.lastIndex;
      continue;
    }
    if (!/\s/.test(text[position]!)) throw invalid(text, openPiece(text[position]!));
    if (word !== undefined) words.push(word);
    word = undefined;
    position++;
  }
  return word === undefined ? words : [...words, word];
}

function pieceText([, single, double, escaped, plain]: RegExpExecArray): string {
  // Between double quotes a backslash means something before a quote and itself only.
  return single ?? double?.replace(/\\(["\\])/g, "$1") ?? escaped ?? plain!;
}

function openPiece(character: string): string {
  return character === "\\" ? "ends in a backslash" : `has a ${character} that is not closed`;
}

function invalidCommand(text: string, fact: string) {
  return invalidValue(
    text,
    `${JSON.stringify(text)} ${fact}; write the program and its arguments, ${EXAMPLE}`,
  );
}
