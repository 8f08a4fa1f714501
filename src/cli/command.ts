import type { CommandContext } from "./command_context.ts";
import type { Options, OptionSpecs, ValueKind } from "./options.ts";

/** Does what a command is for; returns the exit code. */
export type CommandAction = (options: Options, context: CommandContext) => Promise<number>;

/** The words of a command that are no options. */
export interface OperandSpec {
  /** As the usage line shows them: `NAME [FILE|-]`. */
  usage: string;
  min: number;
  max: number;
  /** What stands for the first, the second, …, for completion; the last counts for those behind it. */
  values?: readonly ValueKind[];
}

/** A line to copy, without the word `masterd`, and what it does. */
export type Example = readonly [words: string, purpose: string];

export interface Command {
  summary: string;
  /** Started by masterd itself: neither listed nor suggested. */
  isInternal?: true;
  /** More lines for its help text. */
  notes?: readonly string[];
  /** Left out: the command takes options only. */
  operands?: OperandSpec;
  options: OptionSpecs;
  examples: readonly Example[];
  /** Loads the code: a command that is not used costs no start time. */
  load: () => Promise<CommandAction>;
}

/** Commands of one subject: `masterd state get`. */
export interface CommandGroup {
  summary: string;
  isInternal?: true;
  notes?: readonly string[];
  commands: Readonly<Record<string, Command>>;
}

/** Commands and groups by their names. */
export type CommandTable = Readonly<Record<string, Command | CommandGroup>>;

/** True for a name behind which others stand. */
export function isGroup(command: Command | CommandGroup): command is CommandGroup {
  return "commands" in command;
}

/** Every command of a table with the words that start it: `state get`. */
export function flatCommands(table: CommandTable): [name: string, command: Command][] {
  return Object.entries(table).flatMap(([name, command]): [string, Command][] => {
    if (!isGroup(command)) return [[name, command]];
    return Object.entries(command.commands).map(([word, inner]) => [`${name} ${word}`, inner]);
  });
}
