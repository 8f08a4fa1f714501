import type { ValueKind } from "../options.ts";
import type { CommandWords, OptionWords } from "./words.ts";

/** The completion script for zsh; `settings` are the keys that `-D` may set. */
export function zshCompletion(
  commands: readonly CommandWords[],
  settings: readonly string[],
): string {
  return `#compdef masterd
# Completion of masterd for zsh: source <(masterd completion zsh), behind compinit; or this file as _masterd in $fpath.

__masterd_settings() {
  local -a settings=(${settings.join(" ")})
  if compset -P '*='; then _default; else compadd -S '=' -a settings; fi
}

# The names of the masters of this installation, as far as it can be read.
__masterd_masters() {
  local host port rest
  local -a names
  while read -r host port rest; do
    [[ $host == *:* ]] && host="[$host]"
    names+=("$host:$port")
  done < <(_call_program masters masterd masters 2>/dev/null)
  compadd -a names
}

${commands.map(commandFunction).join("\n\n")}

if [[ $funcstack[1] == _masterd ]]; then _masterd "$@"; else compdef _masterd masterd; fi
`;
}

function commandFunction(words: CommandWords): string {
  const name = functionName(words.path);
  return words.commands.length > 0 ? groupFunction(name, words) : leafFunction(name, words);
}

function groupFunction(name: string, { path, commands, options }: CommandWords): string {
  const list = commands.map(({ word, summary }) => `    ${quote(`${word}:${summary}`)}`);
  const cases = commands.map(({ word }) =>
    `        ${word}) ${functionName(`${path} ${word}`.trim())} ;;`
  );
  return `${name}() {
  local line state
  local -a commands=(
${list.join("\n")}
  )
  _arguments -C -A '-*' ${
    options.flatMap(optionSpecs).join(" ")
  } '1: :->command' '*:: :->rest' && return
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $line[1] in
${cases.join("\n")}
      esac ;;
  esac
}`;
}

function leafFunction(name: string, { options, operands }: CommandWords): string {
  const specs = [
    ...options.flatMap(optionSpecs),
    ...operands.map((value, index) => {
      const place = index === operands.length - 1 ? "*" : String(index + 1);
      return quote(`${place}: :${action(value)}`);
    }),
  ];
  return `${name}() {
  _arguments -s -S \\
${specs.map((spec) => `    ${spec}`).join(" \\\n")}
}`;
}

function optionSpecs({ names, summary, value, isLast }: OptionWords): string[] {
  const text = `[${escape(summary)}]`;
  if (isLast) {
    return names.map((name) => quote(`*::: :_normal`).replace("*", `(-)${name}${text}:*`));
  }
  return names.map((name) => {
    // A list may be given again; of the others zsh would not offer a second one.
    const again = value === "setting" ? "*" : "";
    if (value === undefined) return quote(`${again}${name}${text}`);
    const joint = name.startsWith("--") ? "=" : name === "-D" ? "+" : "";
    return quote(`${again}${name}${joint}${text}: :${action(value)}`);
  });
}

function action(value: ValueKind): string {
  switch (value) {
    case "any":
      // No word fits. A blank here, which means the same, keeps zsh from offering options.
      return "()";
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case "master":
      return "__masterd_masters";
    case "setting":
      return "__masterd_settings";
    default:
      return `(${value.join(" ")})`;
  }
}

function functionName(path: string): string {
  return `_masterd${path === "" ? "" : `_${path.replace(/[^a-z]/g, "_")}`}`;
}

function escape(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
