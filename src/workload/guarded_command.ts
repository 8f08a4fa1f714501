import type { RunOrder } from "./guard_protocol.ts";
import type { HostTools } from "./sweeper.ts";

/**
 * In the place of the command, just before it: joins the cgroup, so that nothing the command ever
 * forks is outside of it, and forgets what was meant for the daemon. If the cgroup refuses, the
 * command runs without.
 */
const LAUNCH_SCRIPT = `
exec 2>/dev/null
if [ -n "$0" ]; then echo $$ >"$0/cgroup.procs"; fi
unset NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID MASTERD_READY_FILE MASTERD_SESSION_FILE
exec 2>&1
exec "$@"
`;

/** The supervised command, the leader of a session and process group of its own. */
export class GuardedCommand {
  readonly #child: Deno.ChildProcess;

  /** Starts it at once. */
  constructor(order: RunOrder, options: { tools: HostTools; cgroup?: string }) {
    const { tools, cgroup = "" } = options;
    // Other shells than bash drop variables whose names are no names in shell, like `a.b`; with -p
    // bash runs no file that a variable names.
    const shell = tools.bash === undefined ? ["sh"] : [tools.bash, "-p"];
    const dyingWithGuard = tools.hasParentDeathSignal
      ? ["setpriv", "--pdeathsig", "KILL", "--"]
      : [];
    const [program, ...args] = [
      ...[...shell, "-c", LAUNCH_SCRIPT, cgroup],
      ...[...dyingWithGuard, ...order.command],
    ];
    this.#child = new Deno.Command(program!, {
      args,
      env: { ...order.environment, MASTERD_WORKLOAD_ID: order.workloadId },
      cwd: order.cwd,
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
  }

  /** The command's own: each of the programs before it puts the next in its place. */
  get pid(): number {
    return this.#child.pid;
  }

  /** What it writes to its standard output and error, in order. */
  get output(): ReadableStream<Uint8Array> {
    return this.#child.stdout;
  }

  /** Resolves when it has ended; those it started may still live. */
  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
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
