import type { LogRecord } from "./batch.ts";
import { CorruptDataError } from "./errors.ts";
import type { DataFile } from "./data_folder.ts";
import { LogFileReader, type LogTail } from "./log_file_reader.ts";

/** How the log ends. */
export interface LogEnding {
  readonly file: DataFile;
  readonly tail: LogTail;
  readonly lastZxid: bigint;
}

/**
 * The records behind `afterZxid` of files of the log that follow one another.
 * @throws {CorruptDataError} if one is missing or does not check. | {StorageFailedError}
 */
export async function* logRecords(
  files: readonly DataFile[],
  afterZxid: bigint,
): AsyncGenerator<LogRecord, LogEnding, void> {
  let lastZxid = files[0]!.zxid - 1n;
  for (const [index, file] of files.entries()) {
    using reader = await LogFileReader.open(file.path, file.header);
    for await (const record of reader.records()) {
      if (record.zxid <= lastZxid) throw goesBack(file, record.zxid);
      lastZxid = record.zxid;
      if (lastZxid > afterZxid) yield record;
    }
    const next = files[index + 1];
    if (next === undefined) return ending(file, reader.tail, lastZxid);
    refuseGap(file, reader.tail, { next, lastZxid });
  }
  throw new Error("There is no log at all");
}

function ending(file: DataFile, tail: LogTail, lastZxid: bigint): LogEnding {
  if (!tail.isEnded) return { file, tail, lastZxid };
  throw CorruptDataError.at(file.path, tail.position, "the log goes on in a file that is missing");
}

// The next file was made when all of this one was durable, and knows how it ended.
function refuseGap(
  file: DataFile,
  tail: LogTail,
  { next, lastZxid }: { next: DataFile; lastZxid: bigint },
): void {
  if (next.header.previousChecksum === tail.checksum && next.zxid === lastZxid + 1n) return;
  const fact = tail.isEnded
    ? `the log goes on in a file that is missing, before ${next.path}`
    : `the batch here does not check, and ${next.path} follows it`;
  throw CorruptDataError.at(file.path, tail.position, fact);
}

function goesBack({ path }: DataFile, zxid: bigint): CorruptDataError {
  return new CorruptDataError(
    `The data is corrupt: ${path}: zxid 0x${zxid.toString(16)} follows a greater one`,
  );
}
