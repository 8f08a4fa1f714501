import { LatestValue } from "../../async/latest_value.ts";
import type { Logger } from "../../log/logger.ts";
import { BATCH_HEADER_BYTES, BatchWriter, RECORD_HEADER_BYTES } from "./batch.ts";
import type { LogFile } from "./log_file.ts";

/** A batch takes no more records once it has so many bytes: the reader holds one in memory. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** A larger buffer is not kept for the next batch. */
const MAX_KEPT_BYTES = 1024 * 1024;
/** After so long without a record an empty batch proves that the last one was durable. */
const IDLE_MS = 100;

export interface LogWriterOptions {
  readonly file: LogFile;
  /** The newest record of the log. */
  readonly lastZxid: bigint;
  /** Whether damage to it would be noticed. */
  readonly isProven: boolean;
  /** Makes the file that follows one that has grown enough. */
  readonly nextFile: (
    firstZxid: bigint,
    previousChecksum: number,
  ) => Promise<{ file: LogFile; publish: () => Promise<void> }>;
  /** From how many bytes on a file has grown enough. */
  readonly fileBytes: number;
  readonly logger?: Logger;
}

/** What the writer is about to do. */
type Step = { kind: "batch"; batch: BatchWriter } | { kind: "idle" } | { kind: "end" };

/**
 * Appends records in batches: while one is on its way to the disk the next collects. One that fails
 * ends it all, since nobody knows what the disk holds then.
 */
export class LogWriter {
  readonly durableZxid: LatestValue<bigint>;
  readonly #options: LogWriterOptions;
  readonly #failure = new AbortController();
  readonly #full: BatchWriter[] = [];
  readonly #running: Promise<void>;
  #file: LogFile;
  #lastZxid: bigint;
  #collecting = new BatchWriter();
  #spare: BatchWriter | undefined;
  #backlogBytes = 0;
  #state: "open" | "closing" = "open";
  /** Where the file has grown enough. */
  #enough: number;
  #wake: () => void = () => {};
  #listeners: ((zxid: bigint) => void)[] = [];

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#file = options.file;
    this.#enough = options.fileBytes;
    this.#lastZxid = options.lastZxid;
    this.durableZxid = new LatestValue(options.lastZxid);
    this.#running = this.#run();
  }

  get lastZxid(): bigint {
    return this.#lastZxid;
  }

  /** Aborts, with a StorageFailedError, when nothing becomes durable any more. */
  get failed(): AbortSignal {
    return this.#failure.signal;
  }

  /** Of records that are not durable yet. */
  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  onDurable(listener: (zxid: bigint) => void): void {
    this.#listeners.push(listener);
  }

  /** Takes a copy; after a failure there is nothing to be done with it. */
  append(zxid: bigint, payload: Uint8Array): void {
    if (zxid <= this.#lastZxid) throw new RangeError(`${zxid} does not follow ${this.#lastZxid}`);
    if (this.#state === "closing") throw new Error("The log is closed");
    this.#lastZxid = zxid;
    if (this.failed.aborted) return;
    this.#collecting.add(zxid, payload);
    this.#backlogBytes += RECORD_HEADER_BYTES + payload.length;
    if (this.#collecting.length >= BATCH_BYTES) {
      this.#full.push(this.#collecting);
      this.#collecting = new BatchWriter();
    }
    this.#wake();
  }

  /** Goes on in another file from the next batch on, so that this one can go some day. */
  startNextFile(): void {
    this.#enough = 0;
  }

  /** Waits until everything that was appended is durable; rejects if it never will be. */
  async flush(): Promise<void> {
    const target = this.#lastZxid;
    await this.durableZxid.until((zxid) => zxid >= target, { signal: this.failed });
  }

  /** Makes everything durable, if nothing has failed, and lets go of the file. */
  async close(): Promise<void> {
    this.#state = "closing";
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      for (let { isProven } = this.#options;;) {
        const step: Step = this.#step() ?? await this.#nextStep(isProven);
        if (step.kind === "batch") await this.#write(step.batch);
        else if (!isProven) await this.#file.append(new BatchWriter());
        if (step.kind === "end") break;
        isProven = step.kind === "idle";
      }
      await this.#file.trim();
    } catch (error) {
      await this.#file.cut();
      this.#failure.abort(error);
    } finally {
      this.#file.close();
    }
  }

  #step(): Step | undefined {
    const full = this.#full.shift();
    if (full !== undefined) return { kind: "batch", batch: full };
    if (this.#collecting.length === BATCH_HEADER_BYTES) {
      return this.#state === "closing" ? { kind: "end" } : undefined;
    }
    const batch = this.#collecting;
    this.#collecting = this.#spare ?? new BatchWriter();
    this.#spare = undefined;
    return { kind: "batch", batch };
  }

  /** Waits for a record or the end, and not for long if the last batch is not proven durable yet. */
  async #nextStep(isProven: boolean): Promise<Step> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = isProven ? undefined : setTimeout(resolve, IDLE_MS);
    await promise;
    clearTimeout(timer);
    return this.#step() ?? { kind: "idle" };
  }

  async #write(batch: BatchWriter): Promise<void> {
    const zxid = batch.lastZxid!;
    if (this.#file.position >= this.#enough) await this.#startFile();
    await this.#file.append(batch);
    // The header of a batch is none of the records that were counted.
    this.#backlogBytes -= batch.length - BATCH_HEADER_BYTES;
    if (batch.capacity <= MAX_KEPT_BYTES) {
      batch.clear();
      this.#spare = batch;
    }
    for (const listener of this.#listeners) listener(zxid);
    this.durableZxid.set(zxid);
  }

  async #startFile(): Promise<void> {
    const { nextFile, fileBytes, logger } = this.#options;
    const old = this.#file;
    const created = await nextFile(this.durableZxid.value + 1n, old.checksum).catch((error) => {
      logger?.warn("cannot start another file of the log, this one goes on", { error });
    });
    this.#enough = created === undefined ? old.position + fileBytes : fileBytes;
    if (created === undefined) return;
    // From here on nobody knows which file a start would find, so a failure ends it all.
    await created.publish();
    this.#file = created.file;
    // Only now: a file that says that it goes on in another one, and is the last, proves a loss.
    await old.end(new BatchWriter());
  }
}
