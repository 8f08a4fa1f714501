import type { ValueKind } from "../options.ts";
import type { CommandWords, OptionWords } from "./words.ts";

/** The completion script for fish; `settings` are the keys that `-D` may set. */
export function fishCompletion(
  commands: readonly CommandWords[],
  settings: readonly string[],
): string {
  const groups = commands.filter(({ path, commands }) => path !== "" && commands.length > 0);
  const valued = commands.flatMap(({ options }) => options)
    .filter(({ value }) => value !== undefined).flatMap(({ names }) => names);
  return `# Completion of masterd for fish: masterd completion fish | source
function __masterd_at --description 'Whether the words so far start this command'
    set -l path
    set -l skip 0
    for word in (commandline -opc)[2..]
        if test $skip = 1
            set skip 0
        else if contains -- $word ${[...new Set(valued)].join(" ")}
            set skip 1
        else if string match -q -- '-*' $word
            continue
        else if test (count $path) = 0; or contains -- "$path" ${
    groups.map(({ path }) => path).join(" ")
  }
            set -a path $word
        end
    end
    test "$path" = "$argv[1]"
end

function __masterd_masters --description 'The names of the masters, as far as they can be read'
    set -l program (commandline -opc)[1]
    $program masters 2>/dev/null | while read -l -d \\t host port rest
        string match -q '*:*' -- $host; and set host "[$host]"
        echo $host:$port
    end
end

function __masterd_settings
    string join \\n ${settings.map((name) => `${name}=`).join(" ")}
end

complete -c masterd -f
${commands.flatMap(commandLines).join("\n")}
`;
}

function commandLines({ path, commands, options, operands }: CommandWords): string[] {
  const start = `complete -c masterd -n ${quote(`__masterd_at ${quote(path)}`)}`;
  return [
    ...commands.map(({ word, summary }) => `${start} -a ${word} -d ${quote(summary)}`),
    ...options.map((option) => `${start} ${optionFlags(option)} -d ${quote(option.summary)}`),
    ...options.filter(({ isLast }) => isLast).map((option) => foreignLine(path, option)),
    ...[...new Set(operands)].flatMap((value) => {
      const flags = valueFlags(value);
      return flags === "" ? [] : [`${start} ${flags}`];
    }),
  ];
}

/** Behind an option that takes all that follows stand a program and its files. */
function foreignLine(path: string, { names: [name] }: OptionWords): string {
  const condition = `__masterd_at ${quote(path)}; and contains -- ${name} (commandline -opc)`;
  return `complete -c masterd -n ${quote(condition)} -F`;
}

function optionFlags({ names, value }: OptionWords): string {
  const flags = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`
  );
  if (value === undefined) return flags.join(" ");
  const kind = value === "file" ? "-r" : "-x";
  return [...flags, kind, valueFlags(value)].join(" ").trimEnd();
}

function valueFlags(value: ValueKind): string {
  switch (value) {
    case "any":
      return "";
    case "file":
      return "-F";
    case "folder":
      return "-a '(__fish_complete_directories (commandline -ct))'";
    case "master":
      return "-a '(__masterd_masters)'";
    case "setting":
      return "-a '(__masterd_settings)'";
    default:
      return `-a ${quote(value.join(" "))}`;
  }
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
