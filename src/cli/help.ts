import type { Command, CommandGroup, CommandTable } from "./command.ts";
import type { OptionSpec } from "./options.ts";

/** The help text of one command. */
export function commandHelp(name: string, command: Command): string {
  const { summary, notes, operands, options } = command;
  return [
    `Usage: masterd ${name} ${operands === undefined ? "" : `${operands.usage} `}[options]`,
    "",
    summary,
    ...(notes === undefined ? [] : ["", ...notes]),
    "",
    "Options:",
    ...twoColumns(
      Object.entries(options).map(([long, spec]) => [optionUsage(long, spec), spec.summary]),
    ),
  ].join("\n");
}

/** The help text of a name behind which several commands stand. */
export function groupHelp(name: string, { summary, notes, commands }: CommandGroup): string {
  return [
    `Usage: masterd ${name} <command> [options]`,
    "",
    summary,
    ...(notes === undefined ? [] : ["", ...notes]),
    "",
    "Commands:",
    ...commandList(commands),
    "",
    `\`masterd ${name} <command> --help\` tells more of a command.`,
  ].join("\n");
}

/** The help text of masterd itself. */
export function generalHelp(commands: CommandTable): string {
  return [
    "Usage: masterd <command> [options]",
    "",
    "Gives a master/worker program the high availability of a Flink standalone cluster.",
    "",
    "Commands:",
    ...commandList(commands),
    "",
    "`masterd <command> --help` tells more of a command, `masterd --version` the version.",
  ].join("\n");
}

function commandList(commands: CommandTable): string[] {
  return twoColumns(Object.entries(commands).map(([name, { summary }]) => [name, summary]));
}

function optionUsage(long: string, { short, placeholder, kind }: OptionSpec): string {
  const value = kind === "flag" ? "" : ` ${placeholder ?? "VALUE"}`;
  return `${short ? `-${short}, ` : "    "}--${long}${value}`;
}

function twoColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
