import { dirname } from "node:path";
import { isFileError } from "./file_error.ts";
import type { FileSystem } from "./file_system.ts";
import type { Steps } from "./steps.ts";

/**
 * Makes a folder, and those above it that are missing, for their owner alone; each survives a crash of
 * the host.
 * @throws {FileError}
 */
export async function makeFolder(
  path: string,
  { files, steps }: { files: FileSystem; steps: Steps },
): Promise<void> {
  const parent = dirname(path);
  if (!await isMade(path, { files, steps })) {
    await makeFolder(parent, { files, steps });
    await isMade(path, { files, steps });
  }
  await steps.call(() => files.syncFolder(parent));
}

/** False if the folder above is missing. */
async function isMade(
  path: string,
  { files, steps }: { files: FileSystem; steps: Steps },
): Promise<boolean> {
  try {
    await steps.call(() => files.makeFolder(path));
    return true;
  } catch (error) {
    if (isFileError(error, "ENOENT")) return false;
    if (!isFileError(error, "EEXIST")) throw error;
    return true;
  }
}
