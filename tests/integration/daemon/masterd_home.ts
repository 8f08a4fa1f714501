import { fromFileUrl, main, permissions } from "./source_tree.ts";
import { TestProcess } from "../../support/process.ts";

const COMMAND: readonly string[] = [
  Deno.execPath(),
  ...["run", "--quiet", "--no-prompt", ...permissions, fromFileUrl(main)],
];

/** A configuration folder of its own, in which daemons run as real processes. */
export class MasterdHome implements AsyncDisposable {
  readonly homeDir: string;
  readonly #processes: TestProcess[] = [];

  private constructor(homeDir: string) {
    this.homeDir = homeDir;
  }

  /** Creates `conf` with these files, and others by their relative path. */
  static async create(files: Readonly<Record<string, string>>): Promise<MasterdHome> {
    const homeDir = await Deno.makeTempDir({ prefix: "masterd_daemon_" });
    await Deno.mkdir(`${homeDir}/conf`);
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${homeDir}/${name}`, text);
    }
    return new MasterdHome(homeDir);
  }

  /** Starts masterd with the permissions it has in production. */
  start(...args: string[]): TestProcess {
    return this.#start([...COMMAND, ...args]);
  }

  /** Starts it with room for no more than so many open files and connections. */
  startWithOpenFiles(limit: number, ...args: string[]): TestProcess {
    const script = 'ulimit -n "$0" && exec "$@"';
    return this.#start(["bash", "-c", script, String(limit), ...COMMAND, ...args]);
  }

  /** Starts it by other words, as `env NAME=VALUE`, which stand before its own. */
  startBy(words: readonly string[], ...args: string[]): TestProcess {
    return this.#start([...words, ...COMMAND, ...args]);
  }

  #start([program, ...args]: readonly string[]): TestProcess {
    const process = TestProcess.start(program!, {
      args,
      cwd: this.homeDir,
      env: { MASTERD_HOME: this.homeDir, MASTERD_READY_FILE: `${this.homeDir}/ready` },
    });
    this.#processes.push(process);
    return process;
  }

  /** Runs masterd until it ends. */
  async run(...args: string[]): Promise<{ code: number; text: string }> {
    const process = this.start(...args);
    const { code } = await process.ends();
    return { code, text: process.text };
  }

  /** The names of all that lies in the folder beside `conf`. */
  async leftovers(): Promise<string[]> {
    const entries = await Array.fromAsync(Deno.readDir(this.homeDir));
    return entries.map(({ name }) => name).filter((name) => name !== "conf").sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#processes) await process[Symbol.asyncDispose]();
    await Deno.remove(this.homeDir, { recursive: true });
  }
}
