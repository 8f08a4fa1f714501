import { encodeLaunch, type Launch, launcherWords, launchProblem } from "./launch_script.ts";
import type { HostTools } from "./sweeper.ts";
import type { SweptWorkload } from "./sweep.ts";

/** Whether the command runs now, or why it never will. */
export type LaunchOutcome =
  | { kind: "running" }
  | { kind: "refused"; problem: string }
  | { kind: "gone" };

/**
 * The supervised command, the leader of a session and process group of its own. Its process is there
 * before it is told what to run: then the command takes its place.
 */
export class GuardedCommand {
  readonly #child: Deno.ChildProcess;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #firstOutput = new Uint8Array();

  constructor(workload: SweptWorkload, tools: HostTools) {
    // Other shells than bash drop variables whose names are no names in shell, like `a.b`; with -p
    // bash runs no file that a variable names.
    const shell = tools.bash === undefined ? ["sh"] : [tools.bash, "-p"];
    const dyingWithGuard = tools.hasParentDeathSignal
      ? ["setpriv", "--pdeathsig", "KILL", "--"]
      : [];
    const [program, ...args] = [...dyingWithGuard, ...launcherWords(shell, workload.cgroup)];
    this.#child = new Deno.Command(program!, {
      args,
      env: { MASTERD_WORKLOAD_ID: workload.id },
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#chunks = this.#child.stdout[Symbol.asyncIterator]();
  }

  /** The command's own: each of the programs before it puts the next in its place. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves when it has ended; those it started may still live. */
  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Tells what to run, at once; resolves when that runs or cannot run. */
  async run(launch: Launch): Promise<LaunchOutcome> {
    const input = this.#child.stdin.getWriter();
    // A broken pipe is the end of the process, of which the missing answer tells.
    input.write(new TextEncoder().encode(encodeLaunch(launch))).catch(() => {});
    const { value } = await this.#chunks.next();
    await input.close().catch(() => {});
    if (value === undefined) return { kind: "gone" };
    this.#firstOutput = value.subarray(1);
    const problem = launchProblem(String.fromCharCode(value[0]), launch);
    return problem === undefined ? { kind: "running" } : { kind: "refused", problem };
  }

  /** What the running command writes to its standard output and error, in order. */
  async *output(): AsyncGenerator<Uint8Array, void, void> {
    yield this.#firstOutput;
    for (;;) {
      const { value } = await this.#chunks.next();
      if (value === undefined) return;
      yield value;
    }
  }

  /** Sends the command alone a signal. */
  signal(name: Deno.Signal): void {
    this.#child.kill(name);
  }

  /** Asks its process group to end. */
  terminate(): void {
    this.#signalGroup("SIGTERM");
    // A stopped process takes no other signal than SIGKILL before it goes on.
    this.#signalGroup("SIGCONT");
  }

  /** Kills its process group. */
  kill(): void {
    this.#signalGroup("SIGKILL");
  }

  #signalGroup(name: Deno.Signal): void {
    try {
      Deno.kill(-this.pid, name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
