import { ConfigError, formatProblem } from "../config/config_error.ts";
import { nearest } from "../config/nearest.ts";
import { VERSION } from "../daemon/version.ts";
import { describeError } from "../log/logger.ts";
import { type Command, COMMANDS, LISTED_COMMANDS } from "./commands.ts";
import { EXIT_OK, exitCodeOf } from "./exit_code.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { parseOptions } from "./options.ts";
import type { CommandContext } from "./command_context.ts";
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

async function run([name, ...words]: readonly string[], context: CommandContext): Promise<number> {
  switch (name) {
    case "--help":
    case "-h":
    case "help":
      context.print(generalHelp(LISTED_COMMANDS));
      return EXIT_OK;
    case "--version":
      context.print(`masterd ${VERSION}`);
      return EXIT_OK;
    case undefined:
      throw new UsageError("a command is missing; `masterd --help` lists them");
  }
  const command = findCommand(name);
  const options = parseOptions(words, command.options);
  if (options.flag("help")) {
    context.print(commandHelp(name, command));
    return EXIT_OK;
  }
  const action = await command.load();
  return await action(options, context);
}

function findCommand(name: string): Command {
  if (Object.hasOwn(COMMANDS, name)) return COMMANDS[name]!;
  const suggestion = nearest(name, Object.keys(LISTED_COMMANDS));
  const hint = suggestion === undefined
    ? "`masterd --help` lists them"
    : `did you mean ${suggestion}?`;
  throw new UsageError(`unknown command ${name}: ${hint}`);
}

function errorLines(error: unknown): string[] {
  if (error instanceof ConfigError) return error.problems.map(formatProblem);
  const lines = [`masterd: ${describeError(error)}`];
  // What nobody expected is a defect of ours: its place is worth more than its text.
  if (exitCodeOf(error) === 2 && error instanceof Error && error.stack) lines.push(error.stack);
  return lines;
}
