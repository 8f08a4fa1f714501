import type { CommandContext } from "./command_context.ts";

/** How words stand out on a terminal; where they are read by programs they stay as they are. */
export interface Style {
  heading(text: string): string;
  good(text: string): string;
  doubtful(text: string): string;
  bad(text: string): string;
  faint(text: string): string;
}

const same = (text: string) => text;

export const PLAIN: Style = {
  heading: same,
  good: same,
  doubtful: same,
  bad: same,
  faint: same,
};

export const COLORED: Style = {
  heading: sequence("1"),
  good: sequence("32"),
  doubtful: sequence("33"),
  bad: sequence("31"),
  faint: sequence("2"),
};

/** For standard output: colours on a terminal that has some, unless NO_COLOR says no. */
export function styleFor(
  { output, environment }: Pick<CommandContext, "output" | "environment">,
): Style {
  const { NO_COLOR, TERM } = environment;
  return output.isTerminal && !NO_COLOR && TERM !== "dumb" ? COLORED : PLAIN;
}

function sequence(code: string): (text: string) => string {
  return (text) => text === "" ? "" : `\x1b[${code}m${text}\x1b[0m`;
}
