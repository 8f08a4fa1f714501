import type { Command, CommandGroup, CommandTable, Example } from "./command.ts";
import type { OptionSpec } from "./options.ts";
import { PLAIN, type Style } from "./style.ts";

/** The help text of one command. */
export function commandHelp(name: string, command: Command, style: Style = PLAIN): string {
  const { summary, notes = [], options, examples } = command;
  return [
    `${style.heading("Usage:")} ${usageOf(name, command)}`,
    "",
    summary,
    ...section(notes),
    "",
    style.heading("Options:"),
    ...twoColumns(
      Object.entries(options).map(([long, spec]) => [optionUsage(long, spec), spec.summary]),
    ),
    ...exampleSection(examples, style),
  ].join("\n");
}

/** The first line of its help: `masterd state get NAME [FILE|-] [options]`. */
export function usageOf(name: string, { operands, options }: Command): string {
  const words = operands === undefined ? "" : ` ${operands.usage}`;
  const foreign = Object.entries(options).find(([, { kind }]) => kind === "words");
  const last = foreign === undefined ? "" : ` [--${foreign[0]} ${foreign[1].placeholder}]`;
  return `masterd ${name}${words} [options]${last}`;
}

/** The help text of a name behind which several commands stand. */
export function groupHelp(
  name: string,
  { summary, notes = [], commands }: CommandGroup,
  style: Style = PLAIN,
): string {
  return [
    `${style.heading("Usage:")} masterd ${name} <command> [options]`,
    "",
    summary,
    ...section(notes),
    "",
    style.heading("Commands:"),
    ...commandList(commands),
    "",
    `\`masterd ${name} <command> --help\` tells more of a command.`,
  ].join("\n");
}

/** The help text of masterd itself. */
export function generalHelp(commands: CommandTable, style: Style = PLAIN): string {
  return [
    `${style.heading("Usage:")} masterd <command> [options]`,
    "",
    "Gives a master/worker program the high availability of a Flink standalone cluster.",
    "",
    style.heading("Commands:"),
    ...commandList(commands),
    ...exampleSection(FIRST_STEPS, style),
    "",
    "`masterd <command> --help` tells more of a command, `masterd --version` what was built.",
  ].join("\n");
}

/** What to begin with. */
export const FIRST_STEPS: readonly Example[] = [
  ["check-config", "Everything that is wrong with the configuration, and what is in force"],
  ["status --wait 60", "How the cluster stands, once all is well"],
  ["leader", "Who leads"],
];

/** An option as help shows it: `-c, --config-dir DIR`. */
export function optionUsage(long: string, { short, placeholder, kind }: OptionSpec): string {
  const value = kind === "flag" ? "" : ` ${placeholder ?? "VALUE"}`;
  return `${short ? `-${short}, ` : "    "}--${long}${value}`;
}

function exampleSection(examples: readonly Example[], style: Style): string[] {
  const lines = examples.flatMap(([words, purpose]) => [
    style.faint(`  # ${purpose}`),
    `  masterd ${words}`,
  ]);
  return ["", style.heading("Examples:"), ...lines];
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

function commandList(commands: CommandTable): string[] {
  return twoColumns(Object.entries(commands).map(([name, { summary }]) => [name, summary]));
}

function twoColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
