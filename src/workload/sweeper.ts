import { readLines } from "./lines.ts";
import { SWEEPER_SCRIPT } from "./sweeper_script.ts";

/** What a sweep did. */
export interface Swept {
  killed: number;
  /** Processes that are still alive; undefined if it could not be found out. */
  left: number | undefined;
}

/** What the host offers to a guard. */
export interface HostTools {
  /** The kernel can kill the command when its guard dies. */
  hasParentDeathSignal: boolean;
  /** A shell that hands on its whole environment, if there is one. */
  bash?: string;
  /** Commands get a cgroup of their own. */
  hasCgroup: boolean;
}

/**
 * A shell that stands by to kill all of one workload. It has a session of its own and reads a pipe
 * that only its owner holds: if the owner dies, it kills what was left.
 */
export class Sweeper implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #orders: WritableStreamDefaultWriter<Uint8Array>;
  readonly #answers: AsyncGenerator<string, void, void>;

  constructor() {
    this.#child = new Deno.Command("sh", {
      args: ["-c", SWEEPER_SCRIPT, "masterd-sweeper"],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      detached: true,
    }).spawn();
    this.#orders = this.#child.stdin.getWriter();
    this.#answers = readLines(this.#child.stdout);
  }

  /** Resolves when the shell has ended: from then on nobody stands by. */
  get ended(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Finds out what this host offers. */
  async prepare(): Promise<HostTools> {
    await this.#order("prepare");
    const tools: HostTools = { hasParentDeathSignal: false, hasCgroup: false };
    for (;;) {
      const [answer, ...rest] = (await this.#answer()).split(" ");
      if (answer === "prepared") return tools;
      if (answer === "pdeathsig") tools.hasParentDeathSignal = true;
      if (answer === "bash") tools.bash = rest.join(" ");
      if (answer === "cgroup") tools.hasCgroup = true;
    }
  }

  /** Takes care of the workload from now on; returns the folder of its cgroup, if it got one. */
  async arm(id: string): Promise<string | undefined> {
    await this.#order(`arm ${id}`);
    return (await this.#answer()).slice("armed ".length) || undefined;
  }

  /** Takes care of a workload that another sweeper had armed. */
  async adopt(id: string, cgroup = ""): Promise<void> {
    await this.#order(`adopt ${id} ${cgroup}`);
  }

  /** Kills all of the workload, as often as it takes within about two seconds. */
  async kill(): Promise<Swept> {
    await this.#order("kill");
    const [, killed, left] = (await this.#answer()).split(" ");
    return { killed: Number(killed), left: left === "?" ? undefined : Number(left) };
  }

  /** Ends the shell at once, whatever it is doing. */
  abort(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      return; // It has ended by itself.
    }
  }

  /** Lets the shell end, after it has killed what it was told of and not yet killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#orders.close().catch(() => {});
    await this.#answers.return();
    await this.#child.status;
  }

  async #order(line: string): Promise<void> {
    await this.#orders.write(new TextEncoder().encode(`${line}\n`));
  }

  async #answer(): Promise<string> {
    const { value } = await this.#answers.next();
    if (value === undefined) throw new Error("The shell that kills leftovers has ended");
    return value;
  }
}
