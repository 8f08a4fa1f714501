/** What of `parseArgs` of @std/cli is used here; the npm copy of the package comes without types. */
export interface ParseOptions {
  /** Options that are flags: present or absent. */
  boolean?: readonly string[];
  /** Options that take text; what looks like a number stays text. */
  string?: readonly string[];
  /** Options that may be given several times; their value is a list. */
  collect?: readonly string[];
  alias?: Readonly<Record<string, string | readonly string[]>>;
  default?: Readonly<Record<string, unknown>>;
  /** Leaves everything after the first word that is no option to `_`. */
  stopEarly?: boolean;
  /** Puts everything after `--` into `"--"` instead of `_`. */
  "--"?: boolean;
  /** Sees every option that is not declared, and every word; `false` leaves it out of the result. */
  unknown?: (argument: string, key?: string, value?: unknown) => unknown;
}

/** The options by name, and the words that are no options in `_`. */
export interface ParsedArgs {
  _: (string | number)[];
  "--"?: string[];
  [option: string]: unknown;
}

/** Parses command line arguments; throws nothing, so that what is unknown is the caller's to refuse. */
export function parseArgs(args: readonly string[], options?: ParseOptions): ParsedArgs;
