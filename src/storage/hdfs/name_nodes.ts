import { backoff } from "../../async/backoff.ts";
import { delay } from "../../async/delay.ts";
import type { Logger } from "../../log/logger.ts";
import { isStorageError, StorageError, type StorageErrorKind } from "../errors.ts";
import { exchange, ExchangeError, type HttpAnswer } from "../http_exchange.ts";
import { UnexpectedAnswer } from "./answers.ts";
import type { Identity } from "./identity.ts";
import { judgeRefusal } from "./remote_exception.ts";
import { operationUrl } from "./webhdfs_url.ts";

const PAUSES = { initialMs: 200, maxMs: 2000 };
const ROUNDS_WITHOUT_ANSWER = 3;
const MAX_ERROR_BYTES = 256 * 1024;

/** What somebody waits for: how messages name it, and for how long. */
export interface Act {
  /** `write hdfs://…`. */
  act: string;
  signal: AbortSignal;
}

/** One call to whichever name node is active. */
export interface NameNodeCall<T> extends Act {
  method: "GET" | "PUT" | "DELETE";
  operation: string;
  path: string;
  parameters?: Readonly<Record<string, string>>;
  /** False: a call that may have been carried out is not sent again; it fails as OutcomeUnknown. */
  isRepeatable: boolean;
  /**
   * Reads an answer that is a success or a redirect.
   * @throws {UnexpectedAnswer}
   */
  read(answer: HttpAnswer, nameNode: URL): T | Promise<T>;
}

/** What a name node refused, and with which Java exception. */
export class RefusedError extends StorageError {
  readonly exception: string | undefined;

  constructor(kind: StorageErrorKind, message: string, exception: string | undefined) {
    super(kind, message);
    this.exception = exception;
  }
}

/** The server may have carried the call out, or may still do so. */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";
}

type Attempt<T> =
  | { kind: "answered"; value: T }
  | { kind: "next"; detail: string; isAlive: boolean; mayHaveActed: boolean; isLate: boolean };

type Failure = Extract<Attempt<unknown>, { kind: "next" }>;

/**
 * The name nodes of a file system. At most one of them is active; it is found by asking in turn, and
 * asked first from then on. While one answers that it is on standby, they are asked again for up to the
 * time limit: a failover of HDFS takes seconds.
 */
export class NameNodes {
  readonly #bases: readonly URL[];
  readonly #identity: Identity;
  readonly #timeoutMs: number;
  readonly #logger: Logger;
  #first = 0;

  constructor(
    bases: readonly URL[],
    options: { identity: Identity; timeoutMs: number; logger: Logger },
  ) {
    this.#bases = bases;
    this.#identity = options.identity;
    this.#timeoutMs = options.timeoutMs;
    this.#logger = options.logger;
  }

  /**
   * Calls the active name node.
   * @throws {OutcomeUnknown} for a call that is not repeatable
   * @throws {StorageError} with any kind
   */
  async ask<T>(call: NameNodeCall<T>): Promise<T> {
    const startedAt = performance.now();
    const pauses = backoff(PAUSES);
    for (let round = 1;; round++) {
      const answer = await this.#askEach(call);
      if (answer.kind === "answered") return answer.value;
      const isOver = performance.now() - startedAt >= this.#timeoutMs;
      const hasHope = answer.failures.some(({ isAlive }) => isAlive);
      if (isOver || (!hasHope && round >= ROUNDS_WITHOUT_ANSWER)) {
        throw this.#unavailable(call, answer.failures);
      }
      await delay(pauses.next().value, call);
    }
  }

  /** The name node that answered last did not prove to be the active one: the next is asked first. */
  doubtActive(): void {
    this.#first = (this.#first + 1) % this.#bases.length;
  }

  async #askEach<T>(
    call: NameNodeCall<T>,
  ): Promise<{ kind: "answered"; value: T } | { kind: "refused"; failures: Failure[] }> {
    const failures: Failure[] = [];
    for (const index of this.#order()) {
      const attempt = await this.#askOne(index, call);
      if (attempt.kind === "answered") return attempt;
      if (attempt.mayHaveActed && !call.isRepeatable) throw new OutcomeUnknown(attempt.detail);
      failures.push(attempt);
    }
    return { kind: "refused", failures };
  }

  #order(): number[] {
    return this.#bases.map((_, step) => (this.#first + step) % this.#bases.length);
  }

  #noteActive(index: number): void {
    if (index === this.#first) return;
    this.#first = index;
    this.#logger.info("name node found active", { nameNode: this.#bases[index]!.host });
  }

  async #askOne<T>(index: number, call: NameNodeCall<T>): Promise<Attempt<T>> {
    const base = this.#bases[index]!;
    const parameters = { ...call.parameters, ...await this.#identity.parameters() };
    try {
      const answer = await exchange({
        method: call.method,
        url: operationUrl(base, { ...call, parameters }),
        timeoutMs: this.#patienceMs,
        signal: call.signal,
      });
      if (answer.status >= 400) return await this.#refused(index, call, answer);
      const value = await call.read(answer, base);
      this.#noteActive(index);
      return { kind: "answered", value };
    } catch (error) {
      if (error instanceof UnexpectedAnswer) throw this.#misread(base, call, error);
      if (!isStorageError(error, "unavailable", "timeout")) throw error;
      const detail = this.#identity.redact(error.message);
      const isLate = error.kind === "timeout";
      this.#logger.debug("name node does not answer", { nameNode: base.host, reason: detail });
      const mayHaveActed = !(error instanceof ExchangeError) || error.wasSent;
      return { kind: "next", detail, isAlive: false, mayHaveActed, isLate };
    }
  }

  /** One of several that keeps silent must not use up the time of the others. */
  get #patienceMs(): number {
    return this.#bases.length > 1 ? this.#timeoutMs / 4 : this.#timeoutMs;
  }

  async #refused(
    index: number,
    call: NameNodeCall<unknown>,
    answer: HttpAnswer,
  ): Promise<Failure> {
    const base = this.#bases[index]!;
    const text = await answer.text(MAX_ERROR_BYTES);
    const refusal = judgeRefusal(answer.status, answer.headers, text);
    const detail = `${base.origin} answers ${call.operation} with ${
      this.#identity.redact(refusal.detail)
    }`;
    if (refusal.kind === "not-serving") {
      this.#logger.debug("name node does not serve", { nameNode: base.host, reason: detail });
      const mayHaveActed = !refusal.isCertain;
      return { kind: "next", detail, isAlive: true, mayHaveActed, isLate: false };
    }
    this.#noteActive(index);
    const who = refusal.error === "denied" ? ` (called ${this.#identity.description})` : "";
    const message = `Cannot ${call.act}: ${detail}${who}`;
    throw new RefusedError(refusal.error, message, refusal.exception);
  }

  // Without the cause: it quotes the answer, too, and may show a token.
  #misread(
    base: URL,
    { act, operation }: NameNodeCall<unknown>,
    { message }: UnexpectedAnswer,
  ): StorageError {
    const fact = this.#identity.redact(message);
    return new StorageError(
      "failed",
      `Cannot ${act}: ${base.origin} answers ${operation} with ${fact}`,
    );
  }

  #unavailable({ act }: Act, failures: readonly Failure[]): StorageError {
    const kind = failures.every(({ isLate }) => isLate) ? "timeout" : "unavailable";
    const details = failures.map(({ detail }) => detail).join("; ");
    return new StorageError(kind, `Cannot ${act}: no name node is active: ${details}`);
  }
}
