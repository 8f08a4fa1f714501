import { dirname } from "node:path";
import { withLimit } from "../../async/abortable.ts";
import type { HostFacts } from "../../daemon/doctor/facts.ts";

/** A file server that is away lets `df` hang. */
const LIMIT_MS = 3000;
const LITTLE_MIB = 64;

/** The file systems of these folders, or of what is there of their paths, with little space left. */
export async function fullDisks(
  paths: readonly string[],
  { signal }: { signal: AbortSignal },
): Promise<HostFacts["fullDisks"]> {
  try {
    return await withLimit((limited) => lookAtDisks(paths, limited), {
      act: "Looking at the disks",
      timeoutMs: LIMIT_MS,
      signal,
    });
  } catch {
    signal.throwIfAborted();
    // Nothing is known then, and nothing said: what the storage does is looked at by itself.
    return [];
  }
}

async function lookAtDisks(
  paths: readonly string[],
  signal: AbortSignal,
): Promise<HostFacts["fullDisks"]> {
  const folders = await Promise.all(paths.map((path) => existing(path)));
  const { stdout } = await new Deno.Command("df", {
    args: ["-Pk", "--", ...folders],
    env: { LC_ALL: "C" },
    stderr: "null",
    signal,
  }).output();
  return parseDiskSpace(new TextDecoder().decode(stdout))
    .filter(({ freeMiB }) => freeMiB < LITTLE_MIB);
}

/** Reads what `df -Pk` prints: each file system once. */
export function parseDiskSpace(text: string): { path: string; freeMiB: number }[] {
  const disks = new Map<string, number>();
  for (const line of text.split("\n").slice(1)) {
    const [, free, path] = /^.+ +\d+ +\d+ +(\d+) +\S+ +(\/.*)$/.exec(line) ?? [];
    if (free !== undefined && path !== undefined) disks.set(path, Math.floor(Number(free) / 1024));
  }
  return [...disks].map(([path, freeMiB]) => ({ path, freeMiB }));
}

async function existing(path: string): Promise<string> {
  const isThere = await Deno.stat(path).then(() => true, () => false);
  return isThere || path === "/" ? path : await existing(dirname(path));
}
