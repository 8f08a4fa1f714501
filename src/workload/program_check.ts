/** In POSIX shell, because only the kernel knows whether this user may execute a file. */
const CHECK_SCRIPT = `
may_run() { [ -f "$1" ] && [ -x "$1" ]; }
case $1 in
  */*)
    if may_run "$1"; then exit 0; fi
    if [ -e "$1" ]; then exit 3; else exit 2; fi
    ;;
esac
set -f
IFS=:
for folder in \${PATH-/bin:/usr/bin}; do
  if may_run "\${folder:-.}/$1"; then exit 0; fi
done
exit 4
`;

const PROBLEMS: Readonly<Record<number, string>> = {
  2: "there is no such file",
  3: "it is no file that this user may execute",
  4: "no folder of PATH has a program of that name",
};

/** What keeps the program from being run, found out before anything is started. */
export async function programProblem(
  program: string,
  options: { environment: Readonly<Record<string, string>>; cwd?: string },
): Promise<string | undefined> {
  const { environment, cwd } = options;
  const command = new Deno.Command("sh", {
    args: ["-c", CHECK_SCRIPT, "sh", program],
    env: environment,
    cwd,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  try {
    const { code } = await command.output();
    const problem = PROBLEMS[code];
    return problem && `Cannot run ${program}: ${problem}`;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return `Cannot run ${program} in ${cwd}: there is no such folder`;
  }
}
