import { withLimit } from "../async/abortable.ts";
import type { Logger } from "../log/logger.ts";

const LOOK_LIMIT_MS = 1000;

/** The processes of a command that stayed in its group, for the day its guard cannot kill them. */
export class ProcessGroup {
  readonly #pid: number;
  readonly #read: ReadStartTime;
  readonly #startTime: Promise<StartTime>;

  constructor(pid: number, read: ReadStartTime = readStartTime) {
    this.#pid = pid;
    this.#read = read;
    this.#startTime = read(pid);
  }

  /**
   * Kills the whole group, unless its number belongs to another by now: this process may have been
   * frozen for long after the command and its guard died.
   */
  async kill(logger: Logger): Promise<void> {
    const [then, now] = [await this.#startTime, await this.#read(this.#pid)];
    if (isKnown(now) && then !== "unknown" && then !== now) return;
    try {
      Deno.kill(-this.#pid, "SIGKILL");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      logger.error("could not kill the command", { pid: this.#pid, error: error as Error });
    }
  }
}

/** When the leader of the group started, in the kernel's ticks. */
export type StartTime = "gone" | "unknown" | `${number}`;

type ReadStartTime = (pid: number) => Promise<StartTime>;

function isKnown(time: StartTime): time is `${number}` {
  return time !== "gone" && time !== "unknown";
}

// Deno asks for more than --allow-read before it reads /proc itself.
async function readStartTime(pid: number): Promise<StartTime> {
  const command = new Deno.Command("sh", {
    args: ["-c", 'cat -- "/proc/$1/stat" 2>/dev/null || echo gone', "sh", String(pid)],
    stdin: "null",
    stderr: "null",
  });
  try {
    const { stdout } = await withLimit(() => command.output(), {
      act: "Reading the start time of the command",
      timeoutMs: LOOK_LIMIT_MS,
    });
    return parseStartTime(new TextDecoder().decode(stdout));
  } catch {
    return "unknown";
  }
}

/** The 22nd field of /proc/PID/stat; the name of the program, the second, may hold anything. */
export function parseStartTime(stat: string): StartTime {
  if (stat.trim() === "gone") return "gone";
  const field = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return field !== undefined && /^\d+$/.test(field) ? `${Number(field)}` : "unknown";
}
