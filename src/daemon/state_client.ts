import { formatHostPort } from "../config/host_port.ts";
import type { LeaderAddress } from "../election/leadership.ts";
import type { Collection } from "../state/collector.ts";
import type { Entry, Expectation } from "../state/entry.ts";
import { StateError } from "../state/errors.ts";
import { exchange, ExchangeError, type HttpRequest } from "../storage/http_exchange.ts";
import type { Bytes } from "../storage/storage.ts";
import {
  type Answer,
  decodeCollection,
  decodeEntry,
  parseAnswer,
  refusal,
} from "./state_answer.ts";

export interface StateClientOptions {
  leaderSessionId: string;
  token: string;
  /** How long nothing may move, in milliseconds. */
  timeoutMs: number;
  exchange?: typeof exchange;
}

/** What is sent without asking first: that would take longer. */
const SMALL_BYTES = 64 * 1024;
// The names of what was deleted; 100 bytes for each blob.
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/**
 * Changes the state through one leadership of one leader: another one refuses the calls. Every method
 * throws a StateError or a TokenError; `unknown-outcome` unless it is sure that nothing was
 * done. Keeps no more than some pieces of a content in memory.
 */
export class StateClient {
  readonly #base: string;
  readonly #options: StateClientOptions;
  readonly #exchange: typeof exchange;

  constructor(leader: Pick<LeaderAddress, "host" | "rpcPort">, options: StateClientOptions) {
    const { host, rpcPort: port } = leader;
    const id = encodeURIComponent(options.leaderSessionId);
    this.#base = `http://${formatHostPort({ host, port })}/rpc/v1/leaderships/${id}/state`;
    this.#options = options;
    this.#exchange = options.exchange ?? exchange;
  }

  /** Writes an entry; `length` is that of the content, if it is known before. */
  async put(
    name: string,
    content: Bytes,
    options: { length?: number; expect?: Expectation; signal: AbortSignal },
  ): Promise<{ entry: Entry; isNew: boolean }> {
    const { length, expect, signal } = options;
    const upload = new Upload(content);
    const headers = {
      ...conditionHeaders(expect),
      // Whoever must refuse it does so before much of it has travelled in vain.
      ...(length === undefined || length > SMALL_BYTES ? { expect: "100-continue" } : {}),
      ...(length === undefined ? {} : { "content-length": String(length) }),
    };
    const request = { method: "PUT", headers, body: upload.pieces(), signal };
    const answer = await this.#change(`/${name}`, request, upload);
    return { entry: decodeEntry(answer), isNew: answer.status === 201 };
  }

  /** Removes an entry with all its versions. */
  async delete(
    name: string,
    { expect, signal }: { expect?: Expectation; signal: AbortSignal },
  ): Promise<void> {
    await this.#change(`/${name}`, { method: "DELETE", headers: conditionHeaders(expect), signal });
  }

  /** Removes blobs that no pointer leads to; without `graceMs` after the time that the leader is set to. */
  async collect(
    options: { graceMs?: number; isDryRun: boolean; signal: AbortSignal },
  ): Promise<Collection> {
    const { graceMs, isDryRun: dryRun, signal } = options;
    const body = new TextEncoder().encode(JSON.stringify({ collect: { graceMs, dryRun } }));
    const headers = { "content-type": "application/json" };
    return decodeCollection(await this.#change("", { method: "POST", headers, body, signal }));
  }

  async #change(
    path: string,
    request: Pick<HttpRequest, "method" | "headers" | "body" | "signal">,
    upload?: Upload,
  ): Promise<Answer> {
    const { status, text } = await this.#send(path, request, upload);
    const answer = parseAnswer(status, text);
    if (status >= 200 && status < 300) return answer;
    throw refusal(answer, this.#base);
  }

  async #send(
    path: string,
    request: Pick<HttpRequest, "method" | "headers" | "body" | "signal">,
    upload: Upload | undefined,
  ): Promise<{ status: number; text: string }> {
    const { token, timeoutMs } = this.#options;
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const url = new URL(`${this.#base}${path}`);
    try {
      const answer = await this.#exchange({ ...request, url, headers, timeoutMs });
      return { status: answer.status, text: await answer.text(MAX_ANSWER_BYTES) };
    } catch (error) {
      if (upload?.failure !== undefined) throw upload.failure.error;
      const wasSent = !(error instanceof ExchangeError) || error.wasSent;
      if (wasSent && (upload?.isHandedOver ?? true)) {
        const message = `The answer of the leader is lost: ${(error as Error).message}`;
        throw new StateError("unknown-outcome", message, { cause: error });
      }
      request.signal.throwIfAborted();
      const message = `${(error as Error).message}: nothing was written`;
      throw new StateError("unavailable", message, { cause: error });
    }
  }
}

/** A content on its way: a leader that has not seen its end writes nothing. */
class Upload {
  readonly #content: Bytes;
  #failure: { error: unknown } | undefined;
  #isHandedOver = false;

  constructor(content: Bytes) {
    this.#content = content;
  }

  /** Why the content could not be read. */
  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  get isHandedOver(): boolean {
    return this.#isHandedOver;
  }

  async *pieces(): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* this.#content;
      this.#isHandedOver = true;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }
}

function conditionHeaders(expect: Expectation | undefined): Record<string, string> {
  switch (expect) {
    case undefined:
      return {};
    case "absent":
      return { "if-none-match": "*" };
    case "present":
      return { "if-match": "*" };
    default:
      return { "if-match": `"${expect.version}"` };
  }
}
