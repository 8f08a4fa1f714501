import { join } from "node:path";
import { withLimit } from "../../async/abortable.ts";
import type { DrilledLeader } from "./round.ts";

export interface RestartOptions {
  homeDir: string;
  pidDir: string;
  /** `-D` and `-z` as the drill was given them. */
  words: readonly string[];
  onFailure: (message: string) => void;
}

const LIMIT_MS = 60_000;

/**
 * Starts a killed master again if the scripts had started it; whom a service manager started is
 * started again by that.
 */
export async function restartByScript(
  { pid, host, port }: DrilledLeader,
  { homeDir, pidDir, words, onFailure }: RestartOptions,
): Promise<void> {
  if (!await isInPidFile(pid, pidDir)) return;
  const script = join(homeDir, "bin", "jobmanager.sh");
  const run = async (signal: AbortSignal) => {
    const args = ["start", host, String(port), ...words];
    const options = { args, stdin: "null", stdout: "null", signal } as const;
    const { code } = await new Deno.Command(script, options).spawn().status;
    if (code !== 0) onFailure(`${script} ended with exit code ${code}`);
  };
  try {
    await withLimit(run, { act: script, timeoutMs: LIMIT_MS });
  } catch (error) {
    onFailure(`Cannot start ${host}:${port} again: ${(error as Error).message}`);
  }
}

/** Whether a line of a pid file begins with it. */
async function isInPidFile(pid: number, pidDir: string): Promise<boolean> {
  try {
    for await (const { name, isFile } of Deno.readDir(pidDir)) {
      if (!isFile || !name.endsWith("-standalonesession.pid")) continue;
      const lines = (await Deno.readTextFile(join(pidDir, name))).split("\n");
      if (lines.some((line) => line.startsWith(`${pid}\t`))) return true;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return false;
}
