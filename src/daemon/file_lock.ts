import { withLimit } from "../async/abortable.ts";

/**
 * Takes the exclusive lock (flock) of a file; false when somebody else has held it for `limitMs`. The
 * system gives it back when the file is closed, and when the process dies, by whatever death.
 */
export async function lockWithin(
  file: Deno.FsFile,
  limitMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    // Deno 2.6 cannot try without waiting. A wait that was given up goes on behind the scenes, and
    // lets go of what it gets as soon as the file is closed: whoever is told false must close it.
    await withLimit(() => file.lock(true), { act: "Locking", timeoutMs: limitMs, signal });
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") return false;
    throw error;
  }
}
