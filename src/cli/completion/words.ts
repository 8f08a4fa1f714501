import { type Command, type CommandTable, isGroup } from "../command.ts";
import type { ValueKind } from "../options.ts";

/** What may stand behind the words of a command. */
export interface CommandWords {
  /** The words that start it; empty for masterd itself: `state get`. */
  path: string;
  /** Words that may come next, where commands are expected. */
  commands: readonly { word: string; summary: string }[];
  options: readonly OptionWords[];
  /** Of the words that are no options: the first, the second, …; the last for those behind it. */
  operands: readonly ValueKind[];
}

export interface OptionWords {
  /** As they are typed: `--config-dir`, `-c`. */
  names: readonly string[];
  summary: string;
  /** Undefined: it takes no value. */
  value?: ValueKind;
  /** Whether all that follows belongs to another program. */
  isLast: boolean;
}

const HELP: OptionWords = { names: ["--help"], summary: "Shows what there is", isLast: false };
const VERSION: OptionWords = {
  names: ["--version"],
  summary: "Shows what was built",
  isLast: false,
};

/** Everything that can be completed, masterd itself first. */
export function completionWords(table: CommandTable): CommandWords[] {
  return [
    groupWords("", table, [HELP, VERSION]),
    ...Object.entries(table).flatMap(([name, entry]) => {
      if (!isGroup(entry)) return [commandWords(name, entry)];
      return [
        groupWords(name, entry.commands, [HELP]),
        ...Object.entries(entry.commands).map(([word, command]) =>
          commandWords(`${name} ${word}`, command)
        ),
      ];
    }),
  ];
}

function groupWords(
  path: string,
  table: CommandTable,
  options: readonly OptionWords[],
): CommandWords {
  const commands = Object.entries(table).map(([word, { summary }]) => ({ word, summary }));
  return { path, commands, options, operands: [] };
}

function commandWords(path: string, { options, operands }: Command): CommandWords {
  return {
    path,
    commands: [],
    options: Object.entries(options).map(([name, { short, kind, summary, values }]) => ({
      names: [`--${name}`, ...(short === undefined ? [] : [`-${short}`])],
      summary,
      ...(kind === "flag" ? {} : { value: values ?? "any" }),
      isLast: kind === "words",
    })),
    operands: operands?.values ?? (operands === undefined ? [] : ["any"]),
  };
}
