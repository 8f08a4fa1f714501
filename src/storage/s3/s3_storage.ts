import { withLimit } from "../../async/abortable.ts";
import { isStorageError } from "../errors.ts";
import { checkFolderName, isNameSegment, parseBlobName } from "../name.ts";
import type { StorageLocation, StorageOptions } from "../open.ts";
import type { BlobInfo, Bytes, Storage } from "../storage.ts";
import { addressingOf, DEFAULT_REGION } from "./addressing.ts";
import { credentialsOf } from "./credentials.ts";
import { listObjects, listUploads } from "./listing.ts";
import { readObject } from "./object_reader.ts";
import { writeObject } from "./object_writer.ts";
import { S3Client } from "./s3_client.ts";

const MAX_CLEANUP_MS = 10_000;

/**
 * Opens a folder of a bucket; no server is asked yet.
 * @throws {StorageError} `misconfigured`: no credentials, or an address that cannot be used
 */
export function openS3Storage(location: StorageLocation, options: StorageOptions): S3Storage {
  const { s3, timeoutMs, logger } = options;
  const client = new S3Client({
    addressing: addressingOf(location, s3),
    credentials: credentialsOf(s3),
    region: s3.region || DEFAULT_REGION,
    timeoutMs,
    logger,
  });
  return new S3Storage(client, { location, cleanupMs: Math.min(timeoutMs, MAX_CLEANUP_MS) });
}

/**
 * Blobs as objects of a bucket, `<path>/<name>`. A blob is written on condition that there is none of its
 * name; a server that does not know the condition is asked before. A writer that dies may leave the
 * parts of a long blob behind, which `removeUnfinished` deletes.
 * Memory: a write keeps 8 MiB and a piece, a read 64 KiB and a piece, a listing one page.
 */
export class S3Storage implements Storage {
  readonly url: string;
  readonly #prefix: string;
  readonly #client: S3Client;
  readonly #cleanupMs: number;
  readonly #cleanups = new Set<Promise<void>>();
  readonly #writing = new Set<string>();

  constructor(
    client: S3Client,
    { location, cleanupMs }: { location: StorageLocation; cleanupMs: number },
  ) {
    this.url = location.url;
    this.#prefix = location.path === "/" ? "" : `${location.path.slice(1)}/`;
    this.#client = client;
    this.#cleanupMs = cleanupMs;
  }

  async write(name: string, content: Bytes, { signal }: { signal: AbortSignal }): Promise<void> {
    const key = this.#keyOf(name);
    this.#writing.add(name);
    try {
      await writeObject(this.#client, content, {
        name,
        key,
        signal,
        onLeftover: (remove) => this.#cleanUp(name, remove),
      });
    } finally {
      this.#writing.delete(name);
    }
  }

  async *read(
    name: string,
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<Uint8Array, void, void> {
    yield* readObject(this.#client, { name, key: this.#keyOf(name), signal });
  }

  async *list(
    folder: string,
    { signal }: { signal: AbortSignal },
  ): AsyncGenerator<BlobInfo, void, void> {
    for await (const object of listObjects(this.#client, this.#listing(folder, signal))) {
      if (isNameSegment(object.name)) yield object;
    }
  }

  async delete(name: string, { signal }: { signal: AbortSignal }): Promise<void> {
    const request = { act: `delete ${name}`, method: "DELETE", key: this.#keyOf(name) };
    try {
      await this.#client.send(request, { signal });
    } catch (error) {
      if (!isStorageError(error, "not-found")) throw error;
    }
  }

  /** What is left of long blobs, their parts; their names are those of the blobs. */
  async removeUnfinished(folder: string, { signal }: { signal: AbortSignal }): Promise<string[]> {
    const removed: string[] = [];
    const listing = this.#listing(folder, signal);
    for await (const { name: segment, uploadId } of listUploads(this.#client, listing)) {
      const name = `${folder}/${segment}`;
      if (this.#writing.has(name) || !isNameSegment(segment)) continue;
      const act = `delete the parts of ${name}`;
      const request = { act, method: "DELETE", key: this.#keyOf(name), query: { uploadId } };
      await this.#client.send(request, { signal }).catch((error) => {
        if (!isStorageError(error, "not-found")) throw error;
      });
      removed.push(name);
    }
    return removed;
  }

  /** Waits until leftovers of failed writes are deleted, for ten seconds at most. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#cleanups);
  }

  #keyOf(name: string): string {
    parseBlobName(name);
    return `${this.#prefix}${name}`;
  }

  #listing(folder: string, signal: AbortSignal) {
    checkFolderName(folder);
    return { act: `list ${folder}`, prefix: `${this.#prefix}${folder}/`, signal };
  }

  /** With a limit of its own: the signal of the write may be what made it fail. */
  #cleanUp(name: string, remove: (options: { signal: AbortSignal }) => Promise<unknown>): void {
    const act = `Deleting what is left of ${name}`;
    const limits = { act, timeoutMs: this.#cleanupMs };
    const cleanup = withLimit(async (signal) => void await remove({ signal }), limits)
      .catch((error) => {
        this.#client.logger.warn("storage may keep what a failed write left", {
          blob: name,
          error,
        });
      })
      .finally(() => this.#cleanups.delete(cleanup));
    this.#cleanups.add(cleanup);
  }
}
