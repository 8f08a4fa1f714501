import { CorruptDataError } from "./errors.ts";
import { type DataFile, readHeader } from "./data_folder.ts";
import type { NamedFile } from "./file_names.ts";
import { verifySnapshot } from "./snapshot_reader.ts";

/** A snapshot that does not check, and why. */
export interface DamagedSnapshot {
  readonly file: NamedFile;
  readonly error: CorruptDataError;
}

/** What a database is read from. */
export interface Start {
  /** Null: from the first record of the log. */
  readonly snapshot: DataFile | null;
  /** Newer snapshots, that cannot be used. */
  readonly damaged: readonly DamagedSnapshot[];
  /** The files of the log that hold what the snapshot lacks, and perhaps a little more; one at least. */
  readonly log: readonly DataFile[];
  /** The log must reach this record at least. */
  readonly requiredZxid: bigint;
}

/** Of the first record of a new database. */
export const FIRST_ZXID = 1n;

/**
 * Finds the newest snapshot that is whole, and the log behind it.
 * @throws {CorruptDataError} if the log does not go back to it. | {StorageFailedError}
 */
export async function findStart(
  files: { log: readonly NamedFile[]; snapshots: readonly NamedFile[] },
  folder: string,
): Promise<Start> {
  const damaged: DamagedSnapshot[] = [];
  const whole = await newestWhole(files.snapshots, damaged);
  const firstZxid = whole === null ? FIRST_ZXID : whole.snapshot.zxid + 1n;
  const named = logFrom(files.log, firstZxid);
  if (named.length === 0) throw missing(folder, firstZxid, damaged);
  const log = await Array.fromAsync(named, readHeader);
  refuseStrangers([...whole === null ? [] : [whole.snapshot], ...log]);
  const newest = files.snapshots.at(-1)?.zxid ?? 0n;
  const shown = whole?.endZxid ?? 0n;
  return {
    snapshot: whole?.snapshot ?? null,
    damaged,
    log,
    requiredZxid: newest > shown ? newest : shown,
  };
}

async function newestWhole(
  snapshots: readonly NamedFile[],
  damaged: DamagedSnapshot[],
): Promise<{ snapshot: DataFile; endZxid: bigint } | null> {
  for (const file of snapshots.toReversed()) {
    try {
      const snapshot = await readHeader(file);
      return { snapshot, endZxid: await verifySnapshot(file.path, snapshot.header) };
    } catch (error) {
      if (!(error instanceof CorruptDataError)) throw error;
      damaged.push({ file, error });
    }
  }
  return null;
}

function logFrom(log: readonly NamedFile[], zxid: bigint): readonly NamedFile[] {
  const first = log.findLastIndex((file) => file.zxid <= zxid);
  return first < 0 ? [] : log.slice(first);
}

function missing(
  folder: string,
  zxid: bigint,
  [newest]: readonly DamagedSnapshot[],
): CorruptDataError {
  const fact = `no file of the log in ${folder} holds what follows from zxid 0x${
    zxid.toString(16)
  }`;
  return newest === undefined
    ? new CorruptDataError(`The data is corrupt: ${fact} on`)
    : new CorruptDataError(`${newest.error.message}; without that snapshot ${fact} on`);
}

function refuseStrangers([first, ...others]: readonly DataFile[]): void {
  for (const { path, header } of others) {
    if (header.databaseId.every((byte, index) => byte === first!.header.databaseId[index])) {
      continue;
    }
    throw CorruptDataError.at(path, 0, `the file is of another database than ${first!.path}`);
  }
}
