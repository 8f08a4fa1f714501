import { isStorageError, StorageError } from "./errors.ts";
import { type AnswerHead, readAnswerHead } from "./http/answer_head.ts";
import { hasNoBody, type Pieces, readBody } from "./http/answer_body.ts";
import type { Connection } from "./http/connection.ts";
import { ExchangeError } from "./http/exchange_error.ts";
import type { HttpAnswer, HttpRequest } from "./http/messages.ts";
import { openConnection } from "./http/open_connection.ts";
import { ProgressWatch } from "./http/progress_watch.ts";
import { encodeHead, sendBody, SourceFailure } from "./http/request_writer.ts";
import type { Bytes } from "./storage.ts";

export { ExchangeError } from "./http/exchange_error.ts";
export type { HttpAnswer, HttpRequest } from "./http/messages.ts";

/**
 * One request over a connection of its own; redirects are not followed, and no proxy is taken from the
 * environment. An answer of 300 and above ends the sending of the body at once. Neither of Deno's
 * clients would do: its `fetch` takes any proxy the environment names, and gives up an answer if
 * the server closes before the whole body was sent; its `node:http` then hangs for ever.
 * Memory: 64 KiB and the piece that is being sent or read.
 * @throws {ExchangeError} `unavailable`: no connection, or one that broke; `timeout`: no progress;
 *   `misconfigured`: a header that cannot be sent
 */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  request.signal.throwIfAborted();
  using resources = new DisposableStack();
  const watch = resources.use(new ProgressWatch(request));
  const failure = failureOf(request, watch);
  let wasSent = false;
  try {
    const head = encodeHead(request);
    const connection = await openConnection(request.url, watch);
    resources.defer(connection.close);
    wasSent = true;
    const answer = await converse({ ...request, head }, connection, watch);
    const { method } = request;
    return new StreamedAnswer(answer, { method, connection, watch, failure }, resources.move());
  } catch (error) {
    throw failure(error, { wasSent });
  }
}

type ToFailure = (error: unknown, options: { wasSent: boolean }) => unknown;

/** Sends the request and reads the head of its answer, at the same time: an answer may come early. */
async function converse(
  request: HttpRequest & { head: Uint8Array },
  connection: Connection,
  watch: ProgressWatch,
): Promise<AnswerHead> {
  const stop = new AbortController();
  const mayGoOn = Promise.withResolvers<void>();
  const send = async () => {
    await connection.write(request.head);
    await sendBody(request, connection, { mayGoOn: mayGoOn.promise, stop: stop.signal, watch });
  };
  const sending = send().then(() => undefined, (error: unknown) => {
    // Without the rest of its body no answer will come; one to a broken connection may be there already.
    if (error instanceof SourceFailure) connection.close();
    return { error };
  });
  try {
    const head = await readAnswerHead(connection, { onContinue: mayGoOn.resolve });
    if (head.status >= 300) stop.abort();
    const broken = await sending;
    if (broken !== undefined && head.status < 300) throw broken.error;
    return head;
  } catch (error) {
    stop.abort();
    connection.close();
    throw (await sending)?.error ?? error;
  }
}

/** Says of every failure what was asked of whom; what the caller's signal or the limit ended keeps that reason. */
function failureOf({ method, url }: HttpRequest, watch: ProgressWatch): ToFailure {
  const act = `${method} ${url.origin}${url.pathname}`;
  return (error, { wasSent }) => {
    const { signal } = watch;
    if (signal.aborted && !isStorageError(signal.reason, "timeout")) return signal.reason;
    if (error instanceof SourceFailure) return error.cause;
    const cause = signal.aborted ? signal.reason : error;
    const isLate = cause instanceof DOMException && cause.name === "TimeoutError";
    const kind = cause instanceof StorageError ? cause.kind : isLate ? "timeout" : "unavailable";
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new ExchangeError(kind, `${act}: ${reason}`, { cause, wasSent });
  };
}

class StreamedAnswer implements HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Bytes;
  readonly #resources: DisposableStack;

  constructor(
    head: AnswerHead,
    { method, connection, watch, failure }: {
      method: string;
      connection: Connection;
      watch: ProgressWatch;
      failure: ToFailure;
    },
    resources: DisposableStack,
  ) {
    this.status = head.status;
    this.headers = head.headers;
    this.#resources = resources;
    const pieces = hasNoBody(method, head) ? nothing() : readBody(connection, head.headers);
    this.body = passed(pieces, { watch, failure, resources });
    if (hasNoBody(method, head)) this.discard();
    else watch.pause();
  }

  discard(): void {
    this.#resources.dispose();
  }

  async text(limit = 65_536): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    let left = limit;
    for await (const piece of this.body) {
      text += decoder.decode(piece.subarray(0, left), { stream: true });
      left -= piece.length;
      if (left <= 0) break;
    }
    return text + decoder.decode();
  }
}

async function* nothing(): Pieces {}

/** The pieces as their reader asks for them: only while it waits, the limit runs. */
async function* passed(
  pieces: Pieces,
  { watch, failure, resources }: {
    watch: ProgressWatch;
    failure: ToFailure;
    resources: DisposableStack;
  },
): Pieces {
  using _ = resources;
  try {
    while (true) {
      watch.resume();
      const next = await pieces.next();
      watch.pause();
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    throw failure(error, { wasSent: true });
  }
}
