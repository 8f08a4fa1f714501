import { abortable, withLimit } from "../async/abortable.ts";
import type { CommandWords } from "./command_options.ts";

// A process that even SIGKILL does not end at once must not hold up whoever stops asking.
const KILL_LIMIT_MS = 1000;

/**
 * Succeeds if the command ends with exit code 0. When the signal aborts, it is killed with its whole
 * group, and awaited.
 */
export async function probeCommand(
  words: CommandWords,
  options: { environment: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<void> {
  const { environment, signal } = options;
  signal.throwIfAborted();
  const [program, ...args] = words;
  const child = new Deno.Command(program, {
    args,
    env: environment,
    // A group of its own: the kill reaches what it has started as well.
    detached: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    requireSuccess(await abortable(child.status, signal));
  } catch (error) {
    if (signal.aborted) await kill(child);
    throw error;
  }
}

function requireSuccess({ code, signal }: Deno.CommandStatus): void {
  if (signal !== null) throw new Error(`It was ended by ${signal}`);
  if (code !== 0) throw new Error(`It ended with exit code ${code}`);
}

async function kill(child: Deno.ChildProcess): Promise<void> {
  try {
    Deno.kill(-child.pid, "SIGKILL");
    await withLimit(() => child.status, { act: "Killing it", timeoutMs: KILL_LIMIT_MS });
  } catch {
    return; // It has ended, or cannot be killed: the question is over in any case.
  }
}
