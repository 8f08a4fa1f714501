import { delay } from "../../src/async/delay.ts";

const CONNECTIONS = 20;
const HEAD_END = "\r\n\r\n";

export interface RequestOptions {
  port: number;
  path: string;
  perSecond: number;
  signal: AbortSignal;
}

/** Asks for a path so many times a second; the milliseconds of each answer, from when it was due. */
export async function askAtRate(
  { port, path, perSecond, signal }: RequestOptions,
): Promise<number[]> {
  const tookMs: number[] = [];
  const pauseMs = CONNECTIONS * 1000 / perSecond;
  await Promise.all(Array.from({ length: CONNECTIONS }, async (_, number) => {
    using connection = await KeptConnection.open(port);
    let dueMs = performance.now() + pauseMs * number / CONNECTIONS;
    while (!signal.aborted) {
      await delay(Math.max(0, dueMs - performance.now()), { signal }).catch(() => {});
      await connection.get(path);
      tookMs.push(performance.now() - dueMs);
      dueMs += pauseMs;
    }
  }));
  return tookMs;
}

/** A connection for one request after another. */
class KeptConnection implements Disposable {
  readonly #connection: Deno.Conn;
  readonly #bytes = new Uint8Array(256 * 1024);

  static async open(port: number): Promise<KeptConnection> {
    return new KeptConnection(await Deno.connect({ hostname: "localhost", port }));
  }

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  async get(path: string): Promise<void> {
    const request = `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    await this.#connection.write(new TextEncoder().encode(request));
    let length = 0;
    while (length === 0 || length < this.#expected(length)) {
      const count = await this.#connection.read(this.#bytes.subarray(length));
      if (count === null) throw new Error("The master hung up");
      length += count;
    }
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  /** How many bytes the answer has; unknown before its head is there. */
  #expected(length: number): number {
    const text = new TextDecoder("latin1").decode(this.#bytes.subarray(0, Math.min(length, 2000)));
    const end = text.indexOf(HEAD_END);
    if (end < 0) return Infinity;
    if (!text.startsWith("HTTP/1.1 200")) throw new Error(`A request failed: ${text}`);
    return end + HEAD_END.length + Number(/content-length: (\d+)/i.exec(text)![1]);
  }
}
