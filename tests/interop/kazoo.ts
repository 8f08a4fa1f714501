import { TestProcess } from "../support/process.ts";

// Debian's packages are seen by Debian's Python alone, whatever Python comes first in PATH.
export const PYTHON = "/usr/bin/python3";

/** What Kazoo found in an election: contenders in Curator's order, and who is published. */
export interface KazooView {
  contenders: { name: string; data: string; sessionId: string; czxid: string }[];
  leaderInformation: { address: string; leaderSessionId: string; sessionId: string } | null;
}

/** Reads an election with Kazoo, in a process of its own. */
export async function readWithKazoo(
  address: string,
  paths: { latch: string; connectionInfo: string },
): Promise<KazooView> {
  requireKazoo();
  const script = new URL("./kazoo_latch.py", import.meta.url).pathname;
  await using kazoo = TestProcess.start(PYTHON, {
    args: [script, address, paths.latch, paths.connectionInfo],
  });
  const { text } = await kazoo.waitForLine((line) => line.startsWith("{"), { limitMs: 30_000 });
  return JSON.parse(text);
}

export function requireKazoo(): void {
  try {
    const { success } = new Deno.Command(PYTHON, { args: ["-c", "import kazoo"] }).outputSync();
    if (success) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  throw new Error(`Cannot import kazoo in ${PYTHON}: install the Debian package python3-kazoo`);
}
