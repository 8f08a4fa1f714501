import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../support/until.ts";

const repository = join(import.meta.dirname!, "..", "..");
const fixtures = join(import.meta.dirname!, "fixtures");
const RUN_LIMIT_MS = 60_000;

/** How a script ended and what it printed. */
export interface Outcome {
  code: number;
  lines: string[];
  errors: string;
}

/** Where and with which variables a script runs. */
export interface RunOptions {
  environment?: Record<string, string>;
  folder?: string;
}

/** One line of a pid file. */
export interface Instance {
  pid: number;
  startTime: string;
  name: string;
  host: string;
  /** The pid of the shell that watches a master. */
  watch: number | undefined;
}

/** The real scripts in a folder of their own, beside a stand-in for the binary. */
export class Installation implements AsyncDisposable {
  readonly #parent: string;

  private constructor(parent: string, readonly home: string) {
    this.#parent = parent;
  }

  static async create(name = "home"): Promise<Installation> {
    const parent = await realpath(await mkdtemp(join(tmpdir(), "masterd-shell-")));
    const installation = new Installation(parent, join(parent, name));
    await cp(join(repository, "bin"), join(installation.home, "bin"), { recursive: true });
    await cp(join(fixtures, "masterd"), join(installation.home, "masterd"));
    await installation.answer({
      "script-env": lines(
        "ha\tzookeeper",
        `pid_dir\t${installation.path("run")}`,
        `log_dir\t${installation.path("log")}`,
        "log_max\t2",
        "quorum_peers\t1",
        "version\t1.0.0",
      ),
      masters: lines("localhost\t8081\tlocal\t-\t-", "localhost\t8082\tlocal\t-\t-"),
      workers: lines("localhost\tlocal\t-\t-"),
    });
    return installation;
  }

  path(...names: string[]): string {
    return join(this.home, ...names);
  }

  /** Sets what the stand-in answers; null takes an answer away, which makes its command fail. */
  async answer(answers: Record<string, string | null>, confDir = "conf"): Promise<void> {
    await mkdir(this.path(confDir, "answers"), { recursive: true });
    for (const [name, text] of Object.entries(answers)) {
      const file = this.path(confDir, "answers", name);
      await (text === null ? rm(file, { force: true }) : writeFile(file, text));
    }
  }

  run(script: string, args: string[] = [], options: RunOptions = {}): Promise<Outcome> {
    return run(this.path("bin", script), args, options);
  }

  /** The lines of the pid file of one daemon, in the order of the file. */
  async instances(daemon: string, pidDir = this.path("run")): Promise<Instance[]> {
    const file = (await this.files(pidDir)).find((name) => name.endsWith(`-${daemon}.pid`));
    if (file === undefined) return [];
    return (await textLines(join(pidDir, file))).map((line) => {
      const [pid, startTime, name, host, watch] = line.split("\t");
      return {
        pid: Number(pid),
        startTime: startTime!,
        name: name!,
        host: host!,
        watch: watch === undefined ? undefined : Number(watch),
      };
    });
  }

  /** The path of the pid file of one daemon that runs. */
  async pidFile(daemon: string): Promise<string> {
    const files = await this.files(this.path("run"));
    return this.path("run", files.find((name) => name.endsWith(`-${daemon}.pid`))!);
  }

  /** The names in a folder, sorted; none if there is no folder. */
  async files(folder: string): Promise<string[]> {
    return (await readdir(folder).catch(() => [])).sort();
  }

  /** What the stand-in noted, line by line: `calls`, or of the daemon that it became last `arguments`, `environment`. */
  noted(name: string): Promise<string[]> {
    return textLines(this.path(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A watch would write into the folder while it is removed.
    for (const program of ["session-watch.sh", ""]) await this.#crashAll(program);
    await rm(this.#parent, { recursive: true, force: true });
  }

  async #crashAll(program: string): Promise<void> {
    for (const name of await readdir("/proc")) {
      const command = await commandOf(Number(name));
      if (command.includes(this.home) && command.includes(program)) await crash(Number(name));
    }
  }
}

/** Runs a command with no more than a login's environment. */
export async function run(
  file: string,
  args: string[] = [],
  { environment, folder }: RunOptions = {},
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(file, {
    args,
    clearEnv: true,
    env: loginEnvironment(environment),
    cwd: folder ?? tmpdir(),
    stdin: "null",
    signal: AbortSignal.timeout(RUN_LIMIT_MS),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, lines: text(stdout).split("\n").slice(0, -1), errors: text(stderr) };
}

/** The environment of a login, and more. */
export function loginEnvironment(more: Record<string, string> = {}): Record<string, string> {
  return { PATH: Deno.env.get("PATH")!, HOME: Deno.env.get("HOME") ?? "/", ...more };
}

/** Puts the stand-in for ssh on PATH. */
export async function fakeSsh(
  installation: Installation,
): Promise<{ environment: Record<string, string>; calls: () => Promise<string[]> }> {
  await cp(join(fixtures, "ssh"), installation.path("fake", "ssh"));
  const path = `${installation.path("fake")}:${Deno.env.get("PATH")}`;
  const calls = installation.path("ssh-calls");
  // Not the home of whoever runs the tests: its login profile may do and print anything.
  const environment = {
    PATH: path,
    HOME: installation.path("fake"),
    FAKE_SSH_CALLS: calls,
    FAKE_SSH_HOME: installation.home,
  };
  return { environment, calls: () => textLines(calls) };
}

/** Makes a JAVA_HOME of the stand-in for Java. */
export async function fakeJava(
  installation: Installation,
): Promise<{ environment: Record<string, string>; arguments: () => Promise<string[]> }> {
  await cp(join(fixtures, "java"), installation.path("jre", "bin", "java"));
  const args = installation.path("java-arguments");
  return {
    environment: { JAVA_HOME: installation.path("jre"), FAKE_JAVA_ARGUMENTS: args },
    arguments: () => textLines(args),
  };
}

/** Whether a process exists and is more than a zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
}

/** Ends a process as a crash would; a busy machine takes its time for it. */
export async function crash(pid: number): Promise<void> {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await until(() => isAlive(pid), (alive) => !alive);
}

/** Field 22 of /proc/PID/stat. */
export async function startTimeOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]!;
}

/** The session of a process, field 6 of /proc/PID/stat. */
export async function sessionOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]!;
}

/** A process that is none of ours. */
export function stranger(): { pid: number } & AsyncDisposable {
  const process = new Deno.Command("sleep", { args: ["600"] }).spawn();
  return {
    pid: process.pid,
    async [Symbol.asyncDispose]() {
      process.kill("SIGKILL");
      await process.status;
    },
  };
}

/** Text of the given lines. */
export function lines(...texts: string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

/** The lines of a file; none if there is no file. */
export async function textLines(file: string): Promise<string[]> {
  return (await readFile(file, "utf8").catch(() => "")).split("\n").slice(0, -1);
}

async function commandOf(pid: number): Promise<string> {
  return await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
}
