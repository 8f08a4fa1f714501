import { withLimit } from "../../async/abortable.ts";
import type { Logger } from "../../log/logger.ts";
import { isStorageError, StorageError } from "../errors.ts";
import { checkFolderName, isNameSegment, parseBlobName } from "../name.ts";
import type { StorageLocation, StorageOptions } from "../open.ts";
import type { BlobInfo, Bytes, Storage } from "../storage.ts";
import { DataNodes } from "./data_nodes.ts";
import { readFile } from "./file_read.ts";
import { writeFile } from "./file_write.ts";
import { Identity } from "./identity.ts";
import { findNameNodes } from "./name_node_addresses.ts";
import { type Act, NameNodes, RefusedError } from "./name_nodes.ts";
import { WebHdfs } from "./webhdfs.ts";

const MAX_CLEANUP_MS = 10_000;

const UNFINISHED = /^\.unfinished-[0-9a-f-]{36}$/;

/**
 * Opens a folder in HDFS, over WebHDFS; no server is asked yet.
 * @throws {StorageError} `misconfigured`
 */
export async function openHdfsStorage(
  location: StorageLocation,
  options: StorageOptions,
): Promise<HdfsStorage> {
  const { timeoutMs, hdfs, logger } = options;
  const bases = await findNameNodes(location, hdfs);
  const identity = new Identity(hdfs);
  const webHdfs = new WebHdfs(
    new NameNodes(bases, { identity, timeoutMs, logger }),
    new DataNodes({ identity, timeoutMs }),
  );
  return new HdfsStorage(webHdfs, {
    location,
    logger,
    cleanupMs: Math.min(timeoutMs, MAX_CLEANUP_MS),
  });
}

/**
 * Blobs as files in HDFS. What was written is on the disks of the data nodes (where they are told of
 * SYNC_BLOCK: WebHDFS of Hadoop 3), readable by its owner only. A writer that dies leaves a file behind
 * whose name begins with `.unfinished-`.
 * Memory: a write keeps 8 MiB and a few pieces, a read a few pieces, a listing one page.
 */
export class HdfsStorage implements Storage {
  readonly url: string;
  readonly #root: string;
  readonly #webHdfs: WebHdfs;
  readonly #logger: Logger;
  readonly #cleanupMs: number;
  readonly #cleanups = new Set<Promise<void>>();
  readonly #unfinished = new Set<string>();

  constructor(
    webHdfs: WebHdfs,
    options: { location: StorageLocation; logger: Logger; cleanupMs: number },
  ) {
    const { location, logger, cleanupMs } = options;
    this.url = location.url;
    this.#root = location.path === "/" ? "" : location.path;
    this.#webHdfs = webHdfs;
    this.#logger = logger;
    this.#cleanupMs = cleanupMs;
  }

  async write(name: string, content: Bytes, options: { signal: AbortSignal }): Promise<void> {
    const path = this.#pathOf(name);
    const folder = path.slice(0, path.lastIndexOf("/"));
    const names = new Set<string>();
    try {
      await writeFile(this.#webHdfs, content, {
        ...this.#act("write", name, options),
        path,
        temporaryPath: () => `${folder}/${this.#unfinishedName(names)}`,
        onLeftover: (leftover) => this.#cleanUp(leftover),
      });
    } finally {
      for (const unfinished of names) this.#unfinished.delete(unfinished);
    }
  }

  async *read(
    name: string,
    options: { signal: AbortSignal },
  ): AsyncGenerator<Uint8Array, void, void> {
    yield* readFile(this.#webHdfs, this.#pathOf(name), this.#act("read", name, options));
  }

  async *list(
    folder: string,
    options: { signal: AbortSignal },
  ): AsyncGenerator<BlobInfo, void, void> {
    for await (const file of this.#entries(folder, options)) {
      if (isNameSegment(file.name)) yield file;
    }
  }

  async delete(name: string, options: { signal: AbortSignal }): Promise<void> {
    parseBlobName(name);
    await this.#remove(name, options);
  }

  async removeUnfinished(folder: string, options: { signal: AbortSignal }): Promise<string[]> {
    const removed: string[] = [];
    for await (const { name } of this.#entries(folder, options)) {
      if (!UNFINISHED.test(name) || this.#unfinished.has(name)) continue;
      await this.#remove(`${folder}/${name}`, options);
      removed.push(name);
    }
    return removed;
  }

  /** Waits until leftovers of failed writes are deleted, for ten seconds at most. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#cleanups);
  }

  /** The files of a folder, whatever their names; none if there is no such folder. */
  async *#entries(
    folder: string,
    options: { signal: AbortSignal },
  ): AsyncGenerator<BlobInfo, void, void> {
    checkFolderName(folder);
    try {
      yield* this.#pages(`${this.#root}/${folder}`, this.#act("list", folder, options));
    } catch (error) {
      if (!isStorageError(error, "not-found")) throw error;
    }
  }

  async *#pages(folder: string, act: Act): AsyncGenerator<BlobInfo, void, void> {
    let after: string | undefined;
    do {
      const page = await this.#webHdfs.listPage(folder, { ...act, after }).catch((error) => {
        if (isUnknownOperation(error)) return undefined;
        throw error;
      });
      if (page === undefined) return yield* await this.#webHdfs.listAll(folder, act);
      // A server that gives the same page again would be asked for ever.
      if (after !== undefined && page.continueAfter === after) throw withoutProgress(act, after);
      yield* page.files;
      after = page.continueAfter;
    } while (after !== undefined);
  }

  async #remove(name: string, options: { signal: AbortSignal }): Promise<void> {
    try {
      await this.#webHdfs.delete(`${this.#root}/${name}`, this.#act("delete", name, options));
    } catch (error) {
      if (!isStorageError(error, "not-found")) throw error;
    }
  }

  /** A new name for each attempt: what is late of an earlier one must not touch this one's file. */
  #unfinishedName(names: Set<string>): string {
    const name = `.unfinished-${crypto.randomUUID()}`;
    names.add(name);
    this.#unfinished.add(name);
    return name;
  }

  #pathOf(name: string): string {
    parseBlobName(name);
    return `${this.#root}/${name}`;
  }

  #act(verb: string, name: string, { signal }: { signal: AbortSignal }): Act {
    return { act: `${verb} ${this.url.replace(/\/$/, "")}/${name}`, signal };
  }

  /** Runs beside: a write that failed, or was given up, must not wait for it. */
  #cleanUp(path: string): void {
    const act = `delete what is left of a write, ${path}`;
    const cleanup = withLimit((signal) => this.#webHdfs.delete(path, { act, signal }), {
      act,
      timeoutMs: this.#cleanupMs,
    }).catch((error) => this.#logger.warn("temporary file left behind", { path, error }));
    this.#cleanups.add(cleanup);
    cleanup.finally(() => this.#cleanups.delete(cleanup));
  }
}

function withoutProgress({ act }: Act, after: string): StorageError {
  return new StorageError("failed", `Cannot ${act}: the listing does not get on behind ${after}`);
}

/** Hadoop before 2.8 lists only as a whole. */
function isUnknownOperation(error: unknown): boolean {
  return error instanceof RefusedError && error.exception === "IllegalArgumentException";
}
