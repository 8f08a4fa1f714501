import type { ValueKind } from "../options.ts";
import type { CommandWords, OptionWords } from "./words.ts";

/** The completion script for bash; `settings` are the keys that `-D` may set. */
export function bashCompletion(
  commands: readonly CommandWords[],
  settings: readonly string[],
): string {
  return `# Completion of masterd for bash: source <(masterd completion bash)
_masterd_settings=(${settings.join(" ")})

# What may stand here, by the command so far and the option that waits for its value.
_masterd_candidates() { # COMMAND OPTION CURRENT POSITION
  case "$1 $2" in
${commands.flatMap(valueCases).join("\n")}
  esac
  if [[ $3 == -* ]]; then
    case "$1" in
${commands.map(optionCase).join("\n")}
    esac
  else
    case "$1 $4" in
${commands.flatMap(operandCases).join("\n")}
    esac
  fi
}

_masterd_words() {
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$1" -- "\${current}"))
}

_masterd_files() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "\${current}"); }

_masterd_folders() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "\${current}"); }

# The names of the masters of this installation, as far as it can be read.
_masterd_masters() {
  local host port rest names=""
  while read -r host port rest; do
    [[ \${host} == *:* ]] && host="[\${host}]"
    names+=" \${host}:\${port}"
  done < <("\${words[0]}" masters 2>/dev/null)
  _masterd_words "\${names}"
}

_masterd_setting_names() {
  compopt -o nospace
  local names=("\${_masterd_settings[@]/%/=}")
  _masterd_words "\${names[*]}"
}

# True if the option takes a value that is a word of its own.
_masterd_takes_value() { # COMMAND OPTION
  case "$1 $2" in
${commands.map(takingCase).filter((line) => line !== "").join("\n")}
    *) return 1 ;;
  esac
}

_masterd() {
  local line="\${COMP_LINE:0:COMP_POINT}" words=() word command="" option="" current prefix=""
  local -i position=0
  read -ra words <<<"\${line}"
  [[ \${line} != *[[:space:]] ]] || words+=("")
  current="\${words[-1]}"
  COMPREPLY=()
  for word in "\${words[@]:1:\${#words[@]}-2}"; do
    if [[ -n \${option} ]]; then
      option=""
    elif [[ \${word} == -* ]]; then
      ! _masterd_takes_value "\${command}" "\${word}" || option="\${word}"
      case "\${command} \${word}" in
${commands.flatMap(lastCases).join("\n")}
      esac
    else
      case "\${command}" in
${commands.flatMap(descentCases).join("\n")}
        *) position+=1 ;;
      esac
    fi
  done
  if [[ -z \${option} && \${current} == --*=* ]]; then
    option="\${current%%=*}" prefix="\${current%%=*}=" current="\${current#*=}"
  elif [[ -z \${option} && \${current} == -D?* ]]; then
    option=-D prefix=-D current="\${current#-D}"
  fi
  _masterd_candidates "\${command}" "\${option}" "\${current}" "\${position}"
  _masterd_fit "\${prefix}"
}

# bash takes what stands behind = and : as a word of its own, and replaces that alone.
_masterd_fit() { # PREFIX
  local typed="$1\${current}" kept
  COMPREPLY=("\${COMPREPLY[@]/#/$1}")
  kept="\${typed%"\${typed##*[\${COMP_WORDBREAKS//[[:space:]]/}]}"}"
  COMPREPLY=("\${COMPREPLY[@]#"\${kept}"}")
}

complete -F _masterd masterd
`;
}

function valueCases({ path, options }: CommandWords): string[] {
  return options.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    const patterns = names.map((name) => quote(`${path} ${name}`)).join(" | ");
    return [`    ${patterns}) ${action(value)}; return ;;`];
  });
}

function takingCase({ path, options }: CommandWords): string {
  const names = options.filter(({ value }) => value !== undefined).flatMap(({ names }) => names);
  if (names.length === 0) return "";
  return `    ${names.map((name) => quote(`${path} ${name}`)).join(" | ")}) ;;`;
}

function optionCase({ path, options }: CommandWords): string {
  return `      ${quote(path)}) _masterd_words "${options.flatMap(longName).join(" ")}" ;;`;
}

function longName({ names }: OptionWords): string[] {
  return names.filter((name) => name.startsWith("--"));
}

function operandCases({ path, commands, operands }: CommandWords): string[] {
  if (commands.length > 0) {
    const words = commands.map(({ word }) => word).join(" ");
    return [`      ${quote(`${path} 0`)}) _masterd_words "${words}" ;;`];
  }
  return operands.map((value, index) => {
    const isLast = index === operands.length - 1;
    const place = isLast ? `${quote(`${path} `)}*` : quote(`${path} ${index}`);
    return `      ${place}) ${action(value)} ;;`;
  });
}

function lastCases({ path, options }: CommandWords): string[] {
  return options.filter(({ isLast }) => isLast).flatMap(({ names }) =>
    names.map((name) => `        ${quote(`${path} ${name}`)}) compopt -o default; return ;;`)
  );
}

function descentCases({ path, commands }: CommandWords): string[] {
  if (commands.length === 0) return [];
  const words = commands.map(({ word }) => word).join(" | ");
  const next = path === "" ? '"${word}"' : `"${path} \${word}"`;
  return [`        ${quote(path)}) case "\${word}" in ${words}) command=${next} ;; esac ;;`];
}

function action(value: ValueKind): string {
  switch (value) {
    case "any":
      return ":";
    case "file":
      return "_masterd_files";
    case "folder":
      return "_masterd_folders";
    case "master":
      return "_masterd_masters";
    case "setting":
      return "_masterd_setting_names";
    default:
      return `_masterd_words "${value.join(" ")}"`;
  }
}

function quote(text: string): string {
  return `"${text}"`;
}
