import { withLimit } from "../../async/abortable.ts";
import { LatestValue } from "../../async/latest_value.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import { LocalFileError } from "../local_file_error.ts";
import { leaderEnvironment } from "./leader_text.ts";

export interface ReactionOptions {
  /** Program and arguments; no shell. */
  words: readonly string[];
  /** Most time for one run. */
  limitMs: number;
  /** Told of each run that did not end well. */
  onFailure: (message: string) => void;
}

/** How long a run that was asked to stop may take for it. */
const STOP_GRACE_MS = 5000;

interface Change {
  leader: LeaderInformation | undefined;
}

/**
 * Runs a command for each change of the leader: one run at a time, and of several changes during a run
 * only for the last.
 */
export class Reaction {
  readonly #options: ReactionOptions;
  readonly #latest = new LatestValue<Change | undefined>(undefined);

  constructor(options: ReactionOptions) {
    this.#options = options;
  }

  changed(leader: LeaderInformation | undefined): void {
    this.#latest.set({ leader });
  }

  /**
   * Runs until the signal aborts; a run under way is then told to end.
   * @throws {LocalFileError} if the program cannot be started
   */
  async run(signal: AbortSignal): Promise<void> {
    for await (const change of this.#latest.changes({ signal })) {
      if (change !== undefined) await this.#runOnce(change, signal);
    }
  }

  async #runOnce({ leader }: Change, signal: AbortSignal): Promise<void> {
    const { words, limitMs, onFailure } = this.#options;
    const child = start(words, leaderEnvironment(leader));
    try {
      const act = `${words[0]} for ${leader?.address ?? "nobody"}`;
      const { code } = await withLimit(() => child.status, { act, timeoutMs: limitMs, signal });
      if (code !== 0) onFailure(`${words[0]} ended with exit code ${code}`);
    } catch (error) {
      await stop(child);
      if (!signal.aborted) onFailure(`${(error as Error).message} and was stopped`);
    }
  }
}

function start([program, ...args]: readonly string[], env: Record<string, string>) {
  try {
    return new Deno.Command(program!, { args, env, stdin: "null" }).spawn();
  } catch (cause) {
    throw new LocalFileError(`Cannot start ${program}: ${(cause as Error).message}`, { cause });
  }
}

async function stop(child: Deno.ChildProcess): Promise<void> {
  kill(child, "SIGTERM");
  if (await endsWithin(child, STOP_GRACE_MS)) return;
  kill(child, "SIGKILL");
  // Who hangs in the kernel survives even that, and is left behind.
  await endsWithin(child, STOP_GRACE_MS);
}

async function endsWithin(child: Deno.ChildProcess, limitMs: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), limitMs);
  const isOver = await Promise.race([child.status.then(() => true), late.promise]);
  clearTimeout(timer);
  return isOver;
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // It has ended already.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}
