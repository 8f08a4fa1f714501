import { join } from "node:path";
import { withLimit } from "../../async/abortable.ts";
import type { Logger } from "../../log/logger.ts";
import type { LogRecord } from "./batch.ts";
import { ownFiles, refuseApacheData, removeUnfinished } from "./data_folder.ts";
import { orStorageFailed } from "./errors.ts";
import { makeFolder, syncFolder } from "./file_creation.ts";
import { fileName } from "./file_names.ts";
import { FolderLock } from "./folder_lock.ts";
import { logRecords } from "./log_records.ts";
import { createFiles, resumeLog } from "./log_start.ts";
import type { LogWriter } from "./log_writer.ts";
import { purge } from "./purge.ts";
import { readSnapshot } from "./snapshot_reader.ts";
import { writeSnapshot } from "./snapshot_writer.ts";
import { findStart, type Start } from "./start.ts";

export interface StoreOptions {
  /** A file of the log with so many bytes is followed by another; 64 MiB unless told. */
  readonly segmentBytes?: number;
  /** How many snapshots stay with the log behind them; 3 unless told, 2 at least. */
  readonly snapshotsKept?: number;
  /** How long to wait for a server that is about to leave the folder; 3 seconds unless told. */
  readonly lockLimitMs?: number;
  readonly logger?: Logger;
}

/** What a start finds: to be read in this order, the records to the end, before anything is appended. */
export interface OpenStore {
  readonly store: Store;
  readonly snapshot: AsyncIterable<Uint8Array> | null;
  readonly records: AsyncIterable<LogRecord>;
}

const SEGMENT_BYTES = 64 * 1024 * 1024;
const SNAPSHOTS_KEPT = 3;
const LOCK_LIMIT_MS = 3000;
const CLOSE_LIMIT_MS = 30_000;

/** A log and snapshots in a folder: knows bytes and their zxids, nothing of what they mean. */
export class Store {
  readonly #folder: string;
  readonly #options: StoreOptions;
  readonly #lock: FolderLock;
  #recovered: { writer: LogWriter; databaseId: Uint8Array } | undefined;
  #isTakingSnapshot = false;

  /**
   * Takes the folder, and makes it if it is missing.
   * @throws {DataFolderError} if it is another's. | {CorruptDataError} | {StorageFailedError}
   */
  static async open(
    folder: string,
    options: StoreOptions,
    signal: AbortSignal,
  ): Promise<OpenStore> {
    await orStorageFailed(`make ${folder}`, () => makeFolder(folder));
    await refuseApacheData(folder);
    const timeoutMs = options.lockLimitMs ?? LOCK_LIMIT_MS;
    const lock = await FolderLock.take(folder, { timeoutMs, signal });
    try {
      await removeUnfinished(folder);
      const files = await ownFiles(folder);
      await syncFolder(folder);
      const isNew = files.log.length + files.snapshots.length === 0;
      const start = await findStart(isNew ? await createFiles(folder) : files, folder);
      return new Store(folder, options, lock).#opened(start);
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  private constructor(folder: string, options: StoreOptions, lock: FolderLock) {
    this.#folder = folder;
    this.#options = options;
    this.#lock = lock;
  }

  /** The newest record that survives a crash of the host. */
  get durableZxid(): bigint {
    return this.#writer.durableZxid.value;
  }

  /** Of records that are not durable yet, in bytes: whoever appends should wait before it is too much. */
  get backlogBytes(): number {
    return this.#writer.backlogBytes;
  }

  /** Aborts with a StorageFailedError when nothing becomes durable any more. */
  get failed(): AbortSignal {
    return this.#writer.failed;
  }

  /** Takes a record, copied; its zxid is greater than that of the one before. */
  append(zxid: bigint, payload: Uint8Array): void {
    this.#writer.append(zxid, payload);
  }

  /** Calls the listener with the newest durable record whenever there is one. */
  onDurable(listener: (zxid: bigint) => void): void {
    this.#writer.onDurable(listener);
  }

  /**
   * Writes a snapshot of all that was appended up to this call, and removes what is too old. The pieces
   * may show later records, too: the snapshot appears when all that it may show is durable.
   * @throws {StorageFailedError} | the reason of the signal; nothing has changed then.
   */
  async snapshot(pieces: Iterable<Uint8Array>, signal?: AbortSignal): Promise<void> {
    if (this.#isTakingSnapshot) throw new Error("A snapshot is being taken already");
    this.#isTakingSnapshot = true;
    try {
      await this.#writeSnapshot(abortablePieces(pieces, signal));
    } finally {
      this.#isTakingSnapshot = false;
    }
    const { snapshotsKept = SNAPSHOTS_KEPT, logger } = this.#options;
    await purge(this.#folder, { snapshotsKept: Math.max(snapshotsKept, 2), logger });
  }

  /** Makes durable what was appended, unless the disk fails, and leaves the folder. */
  async close(): Promise<void> {
    const closed = this.#recovered?.writer.close() ?? Promise.resolve();
    await withLimit(() => closed, { act: "close the log", timeoutMs: CLOSE_LIMIT_MS });
    // Not after the limit: a write that a disk still holds must not land in the log of another server.
    this.#lock[Symbol.dispose]();
  }

  get #writer(): LogWriter {
    if (this.#recovered === undefined) throw new Error("The records are not read to their end");
    return this.#recovered.writer;
  }

  #opened(start: Start): OpenStore {
    const { snapshot } = start;
    return {
      store: this,
      snapshot: snapshot === null ? null : readSnapshot(snapshot.path, snapshot.header),
      records: this.#records(start),
    };
  }

  async *#records(start: Start): AsyncGenerator<LogRecord, void, void> {
    const ending = yield* logRecords(start.log, start.snapshot?.zxid ?? 0n);
    const folder = this.#folder;
    const { segmentBytes = SEGMENT_BYTES, logger } = this.#options;
    const writer = await resumeLog({ folder, segmentBytes, logger }, start, ending);
    this.#recovered = { writer, databaseId: ending.file.header.databaseId };
  }

  async #writeSnapshot(pieces: Iterable<Uint8Array>): Promise<void> {
    const writer = this.#writer;
    const zxid = writer.lastZxid;
    // The log that comes before the snapshot can go some day only if it is a file of its own.
    writer.startNextFile();
    const path = join(this.#folder, fileName("snapshot", zxid));
    const { databaseId } = this.#recovered!;
    await writeSnapshot(path, { kind: "snapshot", databaseId, zxid, previousChecksum: 0 }, {
      pieces,
      finish: async () => {
        const newest = writer.lastZxid;
        await writer.flush();
        return newest;
      },
    });
  }
}

function* abortablePieces(
  pieces: Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Generator<Uint8Array> {
  for (const piece of pieces) {
    signal?.throwIfAborted();
    yield piece;
  }
}
