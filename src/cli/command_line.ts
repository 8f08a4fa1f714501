import { ConfigError, formatProblem } from "../config/config_error.ts";
import { type Command, type CommandGroup, isGroup } from "./command.ts";
import { COMMANDS, LISTED_COMMANDS } from "./commands.ts";
import { JSON_OUTPUT } from "./common_options.ts";
import { EXIT_OK, exitCodeOf } from "./exit_code.ts";
import { errorMessage } from "./error_message.ts";
import { commandHelp, generalHelp, groupHelp } from "./help.ts";
import { parseOptions } from "./options.ts";
import type { CommandContext } from "./command_context.ts";
import { styleFor } from "./style.ts";
import { suggestion } from "./suggestion.ts";
import { UsageError } from "./usage_error.ts";

/** Runs the command that the words name and returns the exit code; errors are told, never thrown. */
export async function runCommandLine(
  words: readonly string[],
  context: CommandContext,
): Promise<number> {
  try {
    return await run(words, context);
  } catch (error) {
    for (const line of errorLines(error)) context.printError(line);
    return exitCodeOf(error);
  }
}

const HELP_WORDS: readonly string[] = ["--help", "-h", "help"];

async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const [name, ...rest] = words;
  switch (name) {
    case "--help":
    case "-h":
    case "help": {
      const topic = rest.filter((word) => !HELP_WORDS.includes(word));
      if (topic.length > 0) return await run([...topic, "--help"], context);
      context.print(generalHelp(LISTED_COMMANDS, styleFor(context)));
      return EXIT_OK;
    }
    case "--version":
    case "-V":
    case "version":
      return await printVersion(rest, context);
    case undefined:
      throw new UsageError("a command is missing; `masterd --help` lists them");
  }
  if (name.startsWith("-")) {
    const meant = suggestion(name, ["--help", "--version"]);
    const hint = meant === undefined ? "`masterd --help` lists them" : `did you mean ${meant}?`;
    throw new UsageError(
      `${name} stands where a command is expected: options stand behind the command; ${hint}`,
    );
  }
  const command = findCommand(name, { table: COMMANDS, listed: LISTED_COMMANDS });
  if (!isGroup(command)) return await runCommand(name, command, rest, context);
  if (!HELP_WORDS.includes(rest[0] ?? "")) return await runGroup(name, command, rest, context);
  context.print(groupHelp(name, command, styleFor(context)));
  return EXIT_OK;
}

async function printVersion(words: readonly string[], context: CommandContext): Promise<number> {
  const { formatBuild } = await import("./build_facts.ts");
  const options = parseOptions(words, JSON_OUTPUT);
  context.print(formatBuild({ isJson: options.flag("json") }));
  return EXIT_OK;
}

async function runGroup(
  group: string,
  { commands }: CommandGroup,
  [name, ...words]: readonly string[],
  context: CommandContext,
): Promise<number> {
  const hint = `\`masterd ${group} --help\` lists them`;
  if (name === undefined) throw new UsageError(`a command of ${group} is missing; ${hint}`);
  if (name.startsWith("-")) {
    throw new UsageError(`options stand behind the command of ${group}, not before it; ${hint}`);
  }
  const command = findCommand(name, { table: commands, listed: commands, group });
  return await runCommand(`${group} ${name}`, command, words, context);
}

async function runCommand(
  name: string,
  command: Command,
  words: readonly string[],
  context: CommandContext,
): Promise<number> {
  const options = parseOptions(words, command.options, command.operands);
  if (options.flag("help")) {
    context.print(commandHelp(name, command, styleFor(context)));
    return EXIT_OK;
  }
  const action = await command.load();
  return await action(options, context);
}

function findCommand<T extends Command | CommandGroup>(
  name: string,
  { table, listed, group }: {
    table: Readonly<Record<string, T>>;
    listed: Readonly<Record<string, T>>;
    group?: string;
  },
): T {
  if (Object.hasOwn(table, name)) return table[name]!;
  const words = group === undefined ? "masterd" : `masterd ${group}`;
  const meant = suggestion(name, Object.keys(listed));
  const hint = meant === undefined ? `\`${words} --help\` lists them` : `did you mean ${meant}?`;
  const kind = group === undefined ? "command" : `command of ${group}`;
  throw new UsageError(`unknown ${kind} ${name}: ${hint}`);
}

function errorLines(error: unknown): string[] {
  if (error instanceof ConfigError) return error.problems.map(formatProblem);
  const lines = [`masterd: ${errorMessage(error)}`];
  // What nobody expected is a defect of ours: its place is worth more than its text.
  if (exitCodeOf(error) === 2 && error instanceof Error && error.stack) lines.push(error.stack);
  return lines;
}
