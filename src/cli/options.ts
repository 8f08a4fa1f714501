import { parseArgs } from "@std/cli/parse-args";
import { parseHost } from "../config/host_port.ts";
import type { OperandSpec } from "./command.ts";
import { suggestion } from "./suggestion.ts";
import { UsageError } from "./usage_error.ts";

/** What a value may be, for completion: something of the file system or of conf, or one of these words. */
export type ValueKind = "any" | "file" | "folder" | "master" | "setting" | readonly string[];

export interface OptionSpec {
  /** `flag` takes no value, `list` may be given again and again, `words` takes all that stands behind it. */
  kind: "flag" | "text" | "list" | "words";
  short?: string;
  /** Other long names for the same option. */
  aliases?: readonly string[];
  /** The value in the help text: `HOST`. */
  placeholder?: string;
  values?: ValueKind;
  summary: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The options of a command as they were given, and the words besides them. */
export class Options {
  readonly operands: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>, operands: readonly string[] = []) {
    this.#values = values;
    this.operands = operands;
  }

  flag(name: string): boolean {
    return this.#values.has(name);
  }

  /** The last value given. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  list(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** A host name or address; an IPv6 address comes without its brackets. */
  host(name: string): string | undefined {
    const text = this.text(name);
    try {
      return text === undefined ? undefined : parseHost(text);
    } catch (error) {
      throw new UsageError(`--${name}: ${(error as Error).message}`);
    }
  }

  /** A number of seconds above 0 and up to `maxSeconds`, in milliseconds. */
  durationMs(name: string, { maxSeconds }: { maxSeconds: number }): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const seconds = Number(text);
    const isInRange = seconds > 0 && seconds <= maxSeconds;
    if (/^\d+(\.\d+)?$/.test(text) && isInRange) return seconds * 1000;
    const range = `above 0 and up to ${maxSeconds}`;
    throw new UsageError(`--${name} ${text} is not a number of seconds ${range}`);
  }

  /** An integer from 0 up to `max`. */
  integer(name: string, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
    throw new UsageError(`--${name} ${text} is not a number from 0 to ${max}`);
  }
}

/** Takes the words after a command apart; refuses what the command does not know. */
export function parseOptions(
  words: readonly string[],
  specs: OptionSpecs,
  operandSpec?: OperandSpec,
): Options {
  const namesOf = (kind: OptionSpec["kind"]) =>
    Object.entries(specs).filter(([, spec]) => spec.kind === kind).map(([name]) => name);
  const { own, foreign } = splitWords(words, namesOf("words")[0]);
  const operands: string[] = [];
  const parsed = parseArgs(own.flatMap((word) => splitShortList(word, specs)), {
    boolean: namesOf("flag"),
    string: [...namesOf("text"), ...namesOf("list")],
    collect: namesOf("list"),
    alias: aliasesOf(specs),
    "--": true,
    unknown: (word, key) => {
      if (key !== undefined) refuseOption(word, key, specs);
      operands.push(word);
      return false;
    },
  });
  operands.push(...parsed["--"] ?? []);
  const values = new Map([
    ...Object.keys(specs).flatMap((name) => given(name, specs, parsed)),
    ...foreign,
  ]);
  if (!values.has("help")) checkOperands(operands, operandSpec);
  return new Options(values, operands);
}

/** Takes off the option behind which nothing is ours any more, with all that it takes. */
function splitWords(
  words: readonly string[],
  name: string | undefined,
): { own: readonly string[]; foreign: [name: string, words: readonly string[]][] } {
  const at = name === undefined ? -1 : words.indexOf(`--${name}`);
  const end = words.indexOf("--");
  if (name === undefined || at < 0 || end >= 0 && end < at) return { own: words, foreign: [] };
  const [first, ...rest] = words.slice(at + 1);
  const command = first === "--" ? rest : words.slice(at + 1);
  if (command.length === 0) throw new UsageError(`--${name} needs a program`);
  return { own: words.slice(0, at), foreign: [[name, command]] };
}

function aliasesOf(specs: OptionSpecs): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { short, aliases = [] }]) =>
      [name, short ? [short, ...aliases] : [...aliases]] as const
    ),
  );
}

// parseArgs drops the key of `-Dkey=value`, the way in which Flink's users write it.
function splitShortList(word: string, specs: OptionSpecs): string[] {
  const { short } =
    Object.values(specs).find(({ kind, short }) =>
      kind === "list" && short !== undefined && word.startsWith(`-${short}`)
    ) ?? {};
  if (short === undefined || word.length === 2) return [word];
  return [`-${short}`, word.slice(2)];
}

function given(
  name: string,
  specs: OptionSpecs,
  parsed: Readonly<Record<string, unknown>>,
): [name: string, values: readonly string[]][] {
  const value = parsed[name];
  if (value === undefined || value === false) return [];
  if (specs[name]!.kind === "flag") return [[name, []]];
  const values = [value].flat().map(String);
  if (values.includes("")) throw new UsageError(`--${name} needs a value`);
  return values.length === 0 ? [] : [[name, values]];
}

function checkOperands(operands: readonly string[], spec: OperandSpec | undefined): void {
  const { usage, min, max } = spec ?? { usage: "", min: 0, max: 0 };
  if (operands.length > max) {
    const takes = spec === undefined ? "options only" : usage;
    throw new UsageError(`unexpected argument ${operands[max]}: this command takes ${takes}`);
  }
  if (operands.length < min) throw new UsageError(`an argument is missing: ${usage}`);
}

function refuseOption(word: string, key: string, specs: OptionSpecs): never {
  // `-json` arrives letter by letter.
  const typed = word.startsWith("--") ? key : word.replace(/^-/, "").replace(/=.*$/s, "");
  const aliases = Object.values(specs).flatMap(({ aliases = [] }) => aliases);
  const meant = suggestion(typed, Object.keys(specs)) ?? suggestion(typed, aliases);
  throw new UsageError(
    `unknown option ${word}${meant === undefined ? "" : `: did you mean --${meant}?`}`,
  );
}
