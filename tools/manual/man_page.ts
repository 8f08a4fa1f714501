import {
  type Command,
  type CommandGroup,
  type CommandTable,
  isGroup,
} from "../../src/cli/command.ts";
import { COMMON } from "../../src/cli/common_options.ts";
import { FIRST_STEPS, optionUsage, usageOf } from "../../src/cli/help.ts";
import type { OptionSpec } from "../../src/cli/options.ts";
import { ENVIRONMENT, EXIT_CODES, FILES } from "./reference.ts";

const DESCRIPTION = [
  "masterd gives any master/worker program the high availability of a Flink standalone cluster, on Apache",
  "ZooKeeper: each master stands for election, exactly one leads and runs the leader's command, and workers",
  "follow it.",
];

/** The manual page masterd(1), in the macros of man(7). */
export function manPage(table: CommandTable, version: string): string {
  return [
    `.\\" Written by tools/manual.ts from the command table: change that.`,
    `.TH MASTERD 1 "" "masterd ${version}" "User Commands"`,
    ".SH NAME",
    "masterd \\- high availability for master/worker programs on bare-metal hosts",
    ".SH SYNOPSIS",
    ".B masterd",
    "\\fIcommand\\fR [\\fIoptions\\fR]",
    ".SH DESCRIPTION",
    ...DESCRIPTION.map(plain),
    ...exampleLines(FIRST_STEPS),
    ".SH COMMANDS",
    ...Object.entries(table).flatMap(entryLines),
    ".SH COMMON OPTIONS",
    "Every command that reads the configuration takes these.",
    ...Object.entries(COMMON).flatMap(optionLines),
    ...referenceLines(),
    "",
  ].join("\n");
}

function referenceLines(): string[] {
  return [
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(([code, meaning]) => [".TP", `.B ${code}`, plain(meaning)]),
    ".SH ENVIRONMENT",
    ...Object.entries(ENVIRONMENT).flatMap((
      [name, meaning],
    ) => [".TP", `.B ${name}`, plain(meaning)]),
    ".SH FILES",
    ...FILES.flatMap(([path, meaning]) => [".TP", `.I ${plain(path)}`, plain(meaning)]),
    ".SH SEE ALSO",
    "The files README.md and docs of the installation;",
    "docs/configuration.md has every configuration key.",
  ];
}

function entryLines([name, entry]: [string, Command | CommandGroup]): string[] {
  if (!isGroup(entry)) return commandLines(name, entry);
  return [
    ...heading(`masterd ${name} \\fIcommand\\fR`),
    plain(`${entry.summary}.`),
    ...noteLines(entry.notes),
    ...Object.entries(entry.commands).flatMap(([word, command]) =>
      commandLines(`${name} ${word}`, command)
    ),
  ];
}

function commandLines(name: string, command: Command): string[] {
  const own = Object.entries(command.options).filter(([name, spec]) => COMMON[name] !== spec);
  return [
    ...heading(plain(usageOf(name, command))),
    plain(`${command.summary}.`),
    ...noteLines(command.notes),
    ...own.flatMap(optionLines),
    ...exampleLines(command.examples),
  ];
}

function heading(text: string): string[] {
  return [".SS", text];
}

// As they stand in the help text: their lines are made for 80 to 100 columns.
function noteLines(notes: readonly string[] = []): string[] {
  return notes.length === 0 ? [] : literal(notes);
}

function exampleLines(examples: Command["examples"]): string[] {
  if (examples.length === 0) return [];
  const lines = examples.flatMap(([words, purpose]) => [`# ${purpose}`, `masterd ${words}`]);
  return [".PP", "Examples:", ...literal(lines)];
}

function literal(lines: readonly string[]): string[] {
  return [
    ".PP",
    ".RS 2",
    ".nf",
    ...lines.map((line) => line === "" ? ".sp" : plain(line)),
    ".fi",
    ".RE",
  ];
}

function optionLines([name, spec]: [string, OptionSpec]): string[] {
  return [".TP", `.B ${plain(optionUsage(name, spec).trim())}`, plain(`${spec.summary}.`)];
}

/** Text that says nothing to roff. */
function plain(text: string): string {
  const escaped = text.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
