import { join } from "node:path";
import type { Logger } from "../../log/logger.ts";
import type { DataFile } from "./data_folder.ts";
import { CorruptDataError, orStorageFailed } from "./errors.ts";
import { syncFolder } from "./file_creation.ts";
import { DATABASE_ID_BYTES } from "./file_header.ts";
import { DAMAGED, fileName, type NamedFile } from "./file_names.ts";
import { LogFile } from "./log_file.ts";
import type { LogEnding } from "./log_records.ts";
import { LogWriter } from "./log_writer.ts";
import { FIRST_ZXID, type Start } from "./start.ts";

/** The first file of a new database. @throws {StorageFailedError} */
export async function createFiles(
  folder: string,
): Promise<{ log: NamedFile[]; snapshots: NamedFile[] }> {
  const databaseId = crypto.getRandomValues(new Uint8Array(DATABASE_ID_BYTES));
  const path = join(folder, fileName("log", FIRST_ZXID));
  const zxid = FIRST_ZXID;
  const created = await LogFile.create(path, {
    kind: "log",
    databaseId,
    zxid,
    previousChecksum: 0,
  });
  await created.publish();
  created.file.close();
  return { log: [{ kind: "log", zxid, path }], snapshots: [] };
}

/**
 * Goes on where the log ends; what did not become durable, and nobody was told of, goes.
 * @throws {CorruptDataError} if the log ends before what was durable. | {StorageFailedError}
 */
export async function resumeLog(
  options: { folder: string; segmentBytes: number; logger?: Logger },
  start: Start,
  { file, tail, lastZxid }: LogEnding,
): Promise<LogWriter> {
  const { folder, segmentBytes, logger } = options;
  if (lastZxid < start.requiredZxid) throw endsEarly(file, tail.position, start.requiredZxid);
  await setAside(start, options);
  if (tail.tornBytes > 0) {
    const { position: offset, tornBytes: bytes } = tail;
    logger?.warn("torn end of the log cut off", { file: file.path, offset, bytes });
  }
  const { databaseId, seed } = file.header;
  return new LogWriter({
    file: await LogFile.resume(file.path, { ...tail, seed }),
    lastZxid,
    isProven: tail.isProven,
    fileBytes: segmentBytes,
    logger,
    nextFile: (zxid, previousChecksum) =>
      LogFile.create(join(folder, fileName("log", zxid)), {
        kind: "log",
        databaseId,
        zxid,
        previousChecksum,
      }),
  });
}

/** Takes their names from snapshots that do not check: nobody shall count on them. */
async function setAside(
  { snapshot, damaged }: Start,
  { folder, logger }: { folder: string; logger?: Logger },
): Promise<void> {
  for (const { file: { path }, error } of damaged) {
    const used = snapshot?.path ?? "the log alone";
    logger?.warn("snapshot cannot be used, an older start is", { used, error });
    await orStorageFailed(`rename ${path}`, () => Deno.rename(path, path + DAMAGED));
  }
  if (damaged.length > 0) await syncFolder(folder);
}

function endsEarly({ path }: DataFile, offset: number, zxid: bigint): CorruptDataError {
  const fact = `the log ends before zxid 0x${zxid.toString(16)}, which was durable`;
  return CorruptDataError.at(path, offset, fact);
}
