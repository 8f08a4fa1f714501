import { isStorageError, StorageError } from "../errors.ts";
import { ExchangeError, type HttpAnswer } from "../http_exchange.ts";
import { withRetries } from "../retry.ts";
import type { S3Client, S3Request } from "./s3_client.ts";
import { S3Error } from "./s3_error.ts";

const MARK_HEADER = "x-amz-meta-masterd-write";

/** Which object to make. */
export interface NewObjectOptions {
  /** The blob, for messages. */
  name: string;
  key: string;
  signal: AbortSignal;
}

/**
 * An object that is made by one request, if there is none of its key. It carries a mark of its own, by which
 * it is known again when the answer to that request did not come.
 */
export class NewObject {
  /** What is done, for messages. */
  readonly act: string;
  readonly key: string;
  readonly #client: S3Client;
  readonly #signal: AbortSignal;
  readonly #mark = crypto.randomUUID();
  #mayExist = false;

  constructor(client: S3Client, { name, key, signal }: NewObjectOptions) {
    this.act = `write ${name}`;
    this.key = key;
    this.#client = client;
    this.#signal = signal;
  }

  /** The headers that give an object its mark. */
  get markHeaders(): Record<string, string> {
    return { [MARK_HEADER]: this.#mark };
  }

  /** True if a request that failed may have made it all the same. */
  get mayExist(): boolean {
    return this.#mayExist;
  }

  /**
   * Sends the request that makes the object until it is known to have made it, or not. What `take` throws
   * of an answer counts as a failure of the request.
   * @throws {StorageError} `exists` if there is another object of that key
   */
  async make(
    request: S3Request,
    take: (answer: HttpAnswer) => void | Promise<void>,
  ): Promise<void> {
    await withRetries(async () => {
      try {
        await take(await this.#sendIfNew(request));
      } catch (error) {
        if (this.#mayExist && isRefused(error) && await this.#isOurs(this.#signal)) return;
        this.#mayExist ||= isUnknown(error);
        throw isStorageError(error, "exists") ? this.#taken(error) : error;
      }
    }, this.#client.retries({ signal: this.#signal }));
    this.#mayExist = false;
  }

  /** Deletes the object, if it is there and has our mark. */
  async remove({ signal }: { signal: AbortSignal }): Promise<void> {
    if (!await this.#isOurs(signal)) return;
    await this.#client.send({ act: this.act, method: "DELETE", key: this.key }, { signal });
  }

  async #sendIfNew(request: S3Request): Promise<HttpAnswer> {
    const options = { signal: this.#signal };
    if (this.#client.knowsConditions) {
      const headers = { ...request.headers, "if-none-match": "*" };
      try {
        return await this.#client.sendOnce({ ...request, headers }, options);
      } catch (error) {
        if (!(error instanceof S3Error) || error.status !== 501) throw error;
        this.#client.forgetConditions();
      }
    }
    // Not one act, but nobody else uses the random names that state is written under.
    if (await this.#markThere(this.#signal) !== undefined) throw this.#taken();
    return await this.#client.sendOnce(request, options);
  }

  async #isOurs(signal: AbortSignal): Promise<boolean> {
    return await this.#markThere(signal) === this.#mark;
  }

  /** The mark of the object of that key: empty if it has none, undefined if there is no object. */
  async #markThere(signal: AbortSignal): Promise<string | undefined> {
    const request = { act: this.act, method: "HEAD", key: this.key };
    try {
      const headers = await this.#client.send(request, { signal });
      return headers.get(MARK_HEADER) ?? "";
    } catch (error) {
      if (isStorageError(error, "not-found")) return undefined;
      throw error;
    }
  }

  #taken(cause?: unknown): StorageError {
    return new StorageError("exists", `Cannot ${this.act}: the name is taken`, { cause });
  }
}

// A second attempt is refused like this if the first one made the object.
function isRefused(error: unknown): boolean {
  return isStorageError(error, "exists", "not-found") ||
    error instanceof S3Error && error.status === 409;
}

/** True if the server may have done what was asked for all the same. */
function isUnknown(error: unknown): boolean {
  if (!(error instanceof StorageError)) return true;
  if (error instanceof ExchangeError && !error.wasSent) return false;
  return isStorageError(error, "unavailable", "timeout");
}
