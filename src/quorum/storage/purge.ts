import type { Logger } from "../../log/logger.ts";
import { ownFiles } from "./data_folder.ts";
import type { NamedFile } from "./file_names.ts";

/**
 * Removes old snapshots, and what of the log is older than the oldest that stays. Each snapshot that
 * stays has its log, in case a newer one cannot be read. What cannot be removed now is later.
 */
export async function purge(
  folder: string,
  { snapshotsKept, logger }: { snapshotsKept: number; logger?: Logger },
): Promise<void> {
  const { log, snapshots } = await ownFiles(folder);
  const kept = snapshots.slice(-snapshotsKept);
  if (kept.length < snapshotsKept) return;
  const unneeded = [
    ...snapshots.slice(0, -snapshotsKept),
    ...logBefore(log, kept[0]!.zxid + 1n),
  ];
  for (const { path } of unneeded) {
    await Deno.remove(path).catch((error) => {
      logger?.warn("cannot remove an old file", { file: path, error });
    });
  }
}

/** The files whose records all come before this one. */
function logBefore(log: readonly NamedFile[], zxid: bigint): readonly NamedFile[] {
  return log.slice(0, Math.max(log.findLastIndex((file) => file.zxid <= zxid), 0));
}
