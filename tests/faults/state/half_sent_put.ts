import { delay } from "../../../src/async/delay.ts";
import { parseAnswer } from "../../../src/http/call.ts";
import type { Account, Write } from "./account.ts";
import { contentOf } from "./content.ts";
import { readWriteAnswer, type WriteAnswer } from "./state_call.ts";

const CONTENT_BYTES = 300_000;
const ANSWER_LIMIT_MS = 20_000;

/** A put of which the leader has got one half: the other one is sent when its sender wants to. */
export class HalfSentPut implements Disposable {
  readonly write: Write;
  readonly #connection: Deno.TcpConn;
  readonly #rest: Uint8Array;

  /** Sends the first half. */
  static async begin(
    account: Account,
    { url, token, epoch }: { url: string; token: string; epoch: bigint },
  ): Promise<HalfSentPut> {
    const { hostname, port, pathname } = new URL(`${url}/${account.name}`);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const write = account.begin("put", epoch);
    const content = contentOf(account.name, write.number, CONTENT_BYTES);
    const half = CONTENT_BYTES / 2;
    const put = new HalfSentPut(write, connection, content.subarray(half));
    const head = `PUT ${pathname} HTTP/1.0\r\nauthorization: Bearer ${token}\r\n` +
      `content-length: ${CONTENT_BYTES}\r\n\r\n`;
    await put.#send(new TextEncoder().encode(head));
    await put.#send(content.subarray(0, half));
    return put;
  }

  private constructor(write: Write, connection: Deno.TcpConn, rest: Uint8Array) {
    this.write = write;
    this.#connection = connection;
    this.#rest = rest;
  }

  /** Sends the other half, and waits for the answer. */
  async finish(): Promise<WriteAnswer> {
    const closing = new AbortController();
    const late = delay(ANSWER_LIMIT_MS, { signal: closing.signal }).then(() => this.#close());
    late.catch(() => {});
    try {
      await this.#send(this.#rest).catch(() => {});
      const text = await new Response(this.#connection.readable).text();
      const { status, body } = parseAnswer(text);
      return readWriteAnswer(status, JSON.stringify(body));
    } finally {
      closing.abort();
    }
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  async #send(bytes: Uint8Array): Promise<void> {
    let sent = 0;
    while (sent < bytes.length) sent += await this.#connection.write(bytes.subarray(sent));
  }

  // Its stream closes it too.
  #close(): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
}
