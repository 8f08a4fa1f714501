import { isStorageError, StorageError, type StorageErrorKind } from "../errors.ts";
import { exchange, type HttpAnswer, type HttpRequest } from "../http_exchange.ts";
import { redirectOf, UnexpectedAnswer } from "./answers.ts";
import type { Identity } from "./identity.ts";
import type { Act } from "./name_nodes.ts";
import { judgeRefusal } from "./remote_exception.ts";

const MAX_REDIRECTS = 5;
const MAX_ERROR_BYTES = 256 * 1024;

/** What a data node could not do. */
export class DataNodeError extends StorageError {
  /** The host that was asked. */
  readonly host: string;
  /** True: the name node that named it is not the active one. */
  readonly isStandby: boolean;

  constructor(
    kind: StorageErrorKind,
    message: string,
    options: { host: string; isStandby?: boolean; cause?: unknown },
  ) {
    super(kind, message, { cause: options.cause });
    this.host = options.host;
    this.isStandby = options.isStandby ?? false;
  }
}

/** A call to the data node that a name node redirected to. */
export interface DataNodeCall extends Act {
  method: "GET" | "PUT";
  operation: string;
  url: URL;
  headers?: Readonly<Record<string, string>>;
  body?: HttpRequest["body"];
}

/** Data nodes, as they are named by redirects. */
export class DataNodes {
  readonly #identity: Identity;
  readonly #timeoutMs: number;

  constructor(options: { identity: Identity; timeoutMs: number }) {
    this.#identity = options.identity;
    this.#timeoutMs = options.timeoutMs;
  }

  /**
   * Sends a call, and follows redirects as long as no body was sent.
   * @throws {DataNodeError} with any kind
   */
  async send(call: DataNodeCall): Promise<HttpAnswer> {
    let { url } = call;
    for (let count = 0; count < MAX_REDIRECTS; count++) {
      const answer = await this.#exchange({ ...call, url });
      const next = this.#redirectOf(answer, { ...call, url });
      if (next === undefined) return await this.#checked({ ...call, url }, answer);
      if (call.body !== undefined) break;
      url = next;
    }
    throw this.#error("failed", { ...call, url }, "redirects once more");
  }

  #redirectOf(answer: HttpAnswer, call: DataNodeCall): URL | undefined {
    try {
      return redirectOf(answer, call.url);
    } catch (error) {
      if (!(error instanceof UnexpectedAnswer)) throw error;
      throw this.#error("failed", call, `answers ${call.operation} with ${error.message}`);
    }
  }

  async #exchange(call: DataNodeCall): Promise<HttpAnswer> {
    const { method, url, headers, body, signal } = call;
    try {
      return await exchange({
        method,
        url,
        timeoutMs: this.#timeoutMs,
        signal,
        ...(headers ? { headers } : {}),
        ...(body ? { body } : {}),
      });
    } catch (error) {
      if (!isStorageError(error, "unavailable", "timeout")) throw error;
      const fact = this.#identity.redact(error.message);
      throw this.#error(
        error.kind,
        call,
        `does not answer (${fact}); the name node sent us there: ` +
          "this host must resolve and reach the data nodes by the names HDFS knows them by",
      );
    }
  }

  async #checked(call: DataNodeCall, answer: HttpAnswer): Promise<HttpAnswer> {
    if (answer.status < 300) return answer;
    const text = await answer.text(MAX_ERROR_BYTES);
    const refusal = judgeRefusal(answer.status, answer.headers, text);
    const fact = `answers ${call.operation} with ${this.#identity.redact(refusal.detail)}`;
    if (refusal.kind === "failed") throw this.#error(refusal.error, call, fact);
    throw this.#error("unavailable", call, fact, { isStandby: true });
  }

  #error(
    kind: StorageErrorKind,
    { act, url }: DataNodeCall,
    fact: string,
    options: { isStandby?: boolean } = {},
  ): DataNodeError {
    const message = `Cannot ${act}: the data node ${url.origin} ${fact}`;
    return new DataNodeError(kind, message, { host: url.hostname, ...options });
  }
}
