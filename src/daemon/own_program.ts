import { fileURLToPath } from "node:url";

/** The words that start this program again: the binary, or the script that runs its sources. */
export function ownProgram(): readonly string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  return [fileURLToPath(new URL("../../tools/masterd.sh", import.meta.url))];
}
