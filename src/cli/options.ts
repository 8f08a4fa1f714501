import { parseArgs } from "@std/cli/parse-args";
import { parseHost } from "../config/host_port.ts";
import { nearest } from "../config/nearest.ts";
import { UsageError } from "./usage_error.ts";

export interface OptionSpec {
  /** `flag` takes no value, `list` may be given again and again. */
  kind: "flag" | "text" | "list";
  short?: string;
  /** Other long names for the same option. */
  aliases?: readonly string[];
  /** The value in the help text: `HOST`. */
  placeholder?: string;
  summary: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The options of a command as they were given. */
export class Options {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
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

  /** An integer from 0 up to `max`. */
  integer(name: string, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
    throw new UsageError(`--${name} ${text} is not a number from 0 to ${max}`);
  }
}

/** Takes the words after a command apart; refuses what the command does not know. */
export function parseOptions(words: readonly string[], specs: OptionSpecs): Options {
  const namesOf = (kind: OptionSpec["kind"]) =>
    Object.entries(specs).filter(([, spec]) => spec.kind === kind).map(([name]) => name);
  const parsed = parseArgs(words.flatMap((word) => splitShortList(word, specs)), {
    boolean: namesOf("flag"),
    string: [...namesOf("text"), ...namesOf("list")],
    collect: namesOf("list"),
    alias: Object.fromEntries(
      Object.entries(specs).map(([name, { short, aliases = [] }]) =>
        [name, short ? [short, ...aliases] : [...aliases]] as const
      ),
    ),
    "--": true,
    unknown: (word, key) => refuse(word, key, specs),
  });
  const [rest] = parsed["--"] ?? [];
  if (rest !== undefined) refuse(rest, undefined, specs);
  return new Options(new Map(Object.keys(specs).flatMap((name) => given(name, specs, parsed))));
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

function refuse(word: string, key: string | undefined, specs: OptionSpecs): never {
  if (key === undefined) {
    throw new UsageError(`unexpected argument ${word}: this command takes options only`);
  }
  const names = Object.entries(specs).flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
  const suggestion = nearest(key, names);
  const hint = suggestion === undefined ? "" : `: did you mean --${suggestion}?`;
  throw new UsageError(`unknown option ${word}${hint}`);
}
