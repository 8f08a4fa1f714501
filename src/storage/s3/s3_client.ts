import type { Logger } from "../../log/logger.ts";
import { exchange, ExchangeError, type HttpAnswer } from "../http_exchange.ts";
import { withRetries } from "../retry.ts";
import type { Bytes } from "../storage.ts";
import type { Addressing } from "./addressing.ts";
import type { Credentials } from "./credentials.ts";
import { isPassing, readError, S3Error } from "./s3_error.ts";
import { sign } from "./signing.ts";

/** Bytes to send that can be sent again, with what tells the server whether they arrived whole. */
export interface Payload {
  readonly length: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  /** Base64. */
  readonly md5: string;
  bytes(): Bytes;
}

/** One request to the bucket. */
export interface S3Request {
  /** For messages, beginning with a verb: `write state-1/job`. */
  act: string;
  method: string;
  /** Of an object; the bucket itself if left out. */
  key?: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  payload?: Payload;
}

export interface S3ClientOptions {
  addressing: Addressing;
  credentials: Credentials;
  region: string;
  timeoutMs: number;
  logger: Logger;
  /** The time, in milliseconds since 1970: a signature names it. */
  now?: () => number;
}

const ATTEMPTS = { attempts: 4, initialMs: 200, maxMs: 2000 };
// From here on a round trip costs less than a body that is sent in vain.
const EXPECT_FROM_BYTES = 1024 * 1024;
// One for the region, one for the time.
const MAX_CORRECTIONS = 2;
const MIN_CORRECTION_MS = 1000;
// It becomes part of a host name.
const REGION = /^[a-z0-9-]{1,40}$/;

/** Signs requests and sends them; corrects itself where a server names another region or time. */
export class S3Client {
  readonly #options: S3ClientOptions;
  readonly #keys = new Map<string, ArrayBuffer>();
  #region: string;
  #clockOffsetMs = 0;
  #knowsConditions = true;

  constructor(options: S3ClientOptions) {
    this.#options = options;
    this.#region = options.region;
  }

  get logger(): Logger {
    return this.#options.logger;
  }

  /** True: the server writes on conditions, as far as is known. */
  get knowsConditions(): boolean {
    return this.#knowsConditions;
  }

  /** The server has said that it does not know conditions. */
  forgetConditions(): void {
    if (this.#knowsConditions) this.logger.info("storage does not know conditional writes");
    this.#knowsConditions = false;
  }

  /** How attempts are repeated that do no harm when they happen twice. */
  retries({ signal }: { signal: AbortSignal }) {
    const limits = { ...ATTEMPTS, withinMs: 2 * this.#options.timeoutMs };
    return { limits, isPassing, signal };
  }

  /**
   * Sends a request again and again, within limits: only one that does no harm when it happens twice. The
   * headers of the answer are all that is looked at.
   */
  async send(request: S3Request, options: { signal: AbortSignal }): Promise<Headers> {
    const answer = await withRetries(
      () => this.sendOnce(request, options),
      this.retries(options),
    );
    answer.discard();
    return answer.headers;
  }

  /**
   * Sends a request; what a server refuses for a wrong region or time is sent once more, rightly. The
   * body of the answer is to be read, or discarded.
   * @throws {StorageError} for every answer that is no success
   */
  async sendOnce(request: S3Request, options: { signal: AbortSignal }): Promise<HttpAnswer> {
    for (let corrections = 0;; corrections++) {
      const view = { region: this.#region, clockOffsetMs: this.#clockOffsetMs };
      try {
        return await this.#attempt(request, view, options);
      } catch (error) {
        const isCorrected = error instanceof S3Error && corrections < MAX_CORRECTIONS &&
          (this.#takesRegion(error, view) || this.#takesTime(error, view));
        if (!isCorrected) throw error;
      }
    }
  }

  async #attempt(
    { act, method, key, query, headers = {}, payload }: S3Request,
    { region, clockOffsetMs }: View,
    { signal }: { signal: AbortSignal },
  ): Promise<HttpAnswer> {
    const { addressing, credentials, timeoutMs } = this.#options;
    const nowMs = this.#now();
    const url = addressing.url(region, { key, query });
    const signed = await sign(
      { method, url, headers: withChecksum(headers, payload), sha256: payload?.sha256 },
      credentials,
      { region, at: new Date(nowMs + clockOffsetMs), keys: this.#keys },
    );
    const answer = await exchange({ method, url, timeoutMs, signal, ...message(signed, payload) })
      .catch((error) => {
        throw error instanceof ExchangeError ? withAct(act, error) : error;
      });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw await readError(act, answer, { nowMs, hide: (text) => this.#withoutToken(text) });
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #withoutToken(text: string): string {
    const { sessionToken } = this.#options.credentials;
    return sessionToken === undefined ? text : text.replaceAll(sessionToken, "******");
  }

  #takesRegion({ status, region }: S3Error, view: View): boolean {
    const isTold = [301, 307, 400].includes(status) && region !== undefined &&
      REGION.test(region) && region !== view.region;
    if (!isTold) return false;
    if (this.#region === view.region) {
      this.#region = region;
      this.logger.warn("bucket is in another region", { configured: view.region, region });
    }
    return true;
  }

  #takesTime({ code, date }: S3Error, view: View): boolean {
    if (code !== "RequestTimeTooSkewed" || date === undefined) return false;
    const clockOffsetMs = date.getTime() - this.#now();
    // The same time would be refused again.
    if (Math.abs(clockOffsetMs - view.clockOffsetMs) < MIN_CORRECTION_MS) return false;
    this.#clockOffsetMs = clockOffsetMs;
    this.logger.warn("clock of this host is not that of the storage", { clockOffsetMs });
    return true;
  }
}

/** What a request was signed for. */
interface View {
  region: string;
  clockOffsetMs: number;
}

function withChecksum(
  headers: Readonly<Record<string, string>>,
  payload: Payload | undefined,
): Readonly<Record<string, string>> {
  return payload === undefined ? headers : { ...headers, "content-md5": payload.md5 };
}

function message(signed: Record<string, string>, payload: Payload | undefined) {
  if (payload === undefined) return { headers: signed };
  const headers: Record<string, string> = { ...signed, "content-length": String(payload.length) };
  if (payload.length >= EXPECT_FROM_BYTES) headers.expect = "100-continue";
  return { headers, body: payload.bytes() };
}

function withAct(act: string, { kind, message, wasSent, cause }: ExchangeError): ExchangeError {
  return new ExchangeError(kind, `Cannot ${act}: ${message}`, { cause, wasSent });
}
