import type { Command } from "./commands.ts";
import type { OptionSpec } from "./options.ts";

/** The help text of one command. */
export function commandHelp(name: string, { summary, notes, options }: Command): string {
  return [
    `Usage: masterd ${name} [options]`,
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

/** The help text of masterd itself. */
export function generalHelp(commands: Readonly<Record<string, { summary: string }>>): string {
  return [
    "Usage: masterd <command> [options]",
    "",
    "Gives a master/worker program the high availability of a Flink standalone cluster.",
    "",
    "Commands:",
    ...twoColumns(Object.entries(commands).map(([name, { summary }]) => [name, summary])),
    "",
    "`masterd <command> --help` tells more of a command, `masterd --version` the version.",
  ].join("\n");
}

function optionUsage(long: string, { short, placeholder, kind }: OptionSpec): string {
  const value = kind === "flag" ? "" : ` ${placeholder ?? "VALUE"}`;
  return `${short ? `-${short}, ` : "    "}--${long}${value}`;
}

function twoColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
