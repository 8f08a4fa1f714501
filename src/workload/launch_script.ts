/**
 * Stands in the place of the command until it is told what to run, in POSIX shell: the costly acts
 * before a command, above all joining the cgroup, are done while the guard still waits for its order.
 *
 * - Input: the folder to run in, or nothing; a number and so many NAME=VALUE; a number and so many
 *   words. A text is a line `=TEXT`; each line of it but the last is a line `+LINE` before that. Where
 *   the input ends early the guard is dead, and nothing is run.
 * - Answer: one character, right before what the command writes: `0`, or why it cannot be run.
 * - Whatever the shell knows by a name it may hand on to the command, so its names are masterd's own.
 * - Bytes are bytes (LC_ALL), so that no line is read as broken text.
 * - Only the kernel knows whether this user may execute a file; `exec` would tell it too late.
 */
const LAUNCH_SCRIPT = `
exec 2>/dev/null
if [ -n "$0" ]; then echo $$ >"$0/cgroup.procs"; fi
unset NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID MASTERD_READY_FILE MASTERD_SESSION_FILE

# Into masterd_text: the next one.
next() {
  masterd_text=
  while IFS= LC_ALL=C read -r masterd_line || exit; do
    masterd_text=$masterd_text\${masterd_line#?}
    case $masterd_line in =*) return ;; esac
    masterd_text="$masterd_text
"
  done
}

refuse() {
  printf %s "$1"
  exit
}

may_run() { [ -f "$1" ] && [ -x "$1" ]; }

require_program() {
  case $1 in
    */*)
      if may_run "$1"; then return; fi
      if [ -e "$1" ]; then refuse 3; else refuse 2; fi
      ;;
  esac
  masterd_folders=\${PATH-/bin:/usr/bin}:
  while [ -n "$masterd_folders" ]; do
    masterd_text=\${masterd_folders%%:*}
    masterd_folders=\${masterd_folders#*:}
    if may_run "\${masterd_text:-.}/$1"; then return; fi
  done
  refuse 4
}

next
masterd_folder=$masterd_text
next
masterd_left=$masterd_text
while [ "$masterd_left" -gt 0 ]; do
  next
  export "$masterd_text"
  masterd_left=$((masterd_left - 1))
done
next
masterd_left=$masterd_text
while [ "$#" -lt "$masterd_left" ]; do
  next
  set -- "$@" "$masterd_text"
done

if [ -n "$masterd_folder" ] && ! cd -- "$masterd_folder" >/dev/null; then refuse 5; fi
require_program "$1"
unset masterd_text masterd_line masterd_folders masterd_folder masterd_left
printf 0
exec </dev/null 2>&1
exec "$@"
`;

/** What a command is, beyond what all commands of a guard have in common. */
export interface Launch {
  readonly command: readonly string[];
  /** Names are such as a shell knows. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** The words that start the script by this shell, for a command in this cgroup if it has one. */
export function launcherWords(shell: readonly string[], cgroup = ""): string[] {
  return [...shell, "-c", LAUNCH_SCRIPT, cgroup];
}

/** What is written to the script. */
export function encodeLaunch({ command, environment, cwd = "" }: Launch): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const texts = [cwd, `${variables.length}`, ...variables, `${command.length}`, ...command];
  return texts.map(encodeText).join("");
}

/** What the answer of the script says: why the command cannot be run, if it cannot. */
export function launchProblem(answer: string, { command, cwd }: Launch): string | undefined {
  switch (answer) {
    case "0":
      return undefined;
    case "2":
      return `Cannot run ${command[0]}: there is no such file`;
    case "3":
      return `Cannot run ${command[0]}: it is no file that this user may execute`;
    case "4":
      return `Cannot run ${command[0]}: no folder of PATH has a program of that name`;
    case "5":
      return `Cannot run ${command[0]} in ${cwd}: there is no such folder`;
    default:
      throw new Error(`No answer of the launcher: ${JSON.stringify(answer)}`);
  }
}

function encodeText(text: string): string {
  const lines = text.split("\n");
  const last = lines.pop();
  return [...lines.map((line) => `+${line}\n`), `=${last}\n`].join("");
}
