import { freePort, listenAgain } from "./ports.ts";

/** A request whose body is read when it is asked for. */
export interface PlainRequest {
  method: string;
  url: URL;
  headers: Headers;
  /** The whole body; rejects if the client hangs up before its end, with what had come until then. */
  readBody(): Promise<Uint8Array<ArrayBuffer>>;
}

/** An answer, which may break off on purpose. */
export interface PlainAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array | string;
  /** Hangs up after so many bytes of the body, though all of them are announced. */
  cutAfter?: number;
  /** True: the body goes in chunks, and nobody announces its length. */
  isChunked?: boolean;
}

/** `hang-up`: no answer, and the connection is closed. `silence`: no answer, and it stays open. */
export type PlainReply = PlainAnswer | "hang-up" | "silence";

/** The body that came before the client hung up. */
export class BrokenBody extends Error {
  constructor(readonly received: Uint8Array<ArrayBuffer>) {
    super(`The client hung up after ${received.length} bytes`);
  }
}

/** An HTTP server that shows all a real one can do to a connection: one request on each of them. */
export class PlainHttpServer implements AsyncDisposable {
  readonly hostname: string;
  readonly port: number;
  readonly #answer: (request: PlainRequest) => Promise<PlainReply>;
  readonly #connections = new Set<Deno.Conn>();
  readonly #tasks = new Set<Promise<void>>();
  #listener: Deno.Listener<Deno.Conn> | undefined;
  #accepting: Promise<void> | undefined;

  static start(
    answer: (request: PlainRequest) => Promise<PlainReply>,
    options: { hostname?: string } = {},
  ): PlainHttpServer {
    const server = new PlainHttpServer(answer, options.hostname ?? "127.0.0.1");
    server.#listenWith(Deno.listen({ hostname: server.hostname, port: server.port }));
    return server;
  }

  private constructor(answer: (request: PlainRequest) => Promise<PlainReply>, hostname: string) {
    this.hostname = hostname;
    this.port = freePort();
    this.#answer = answer;
  }

  /** `http://host:port`. */
  get origin(): string {
    const host = this.hostname.includes(":") ? `[${this.hostname}]` : this.hostname;
    return `http://${host}:${this.port}`;
  }

  /** Connections that neither side has closed. */
  get openCount(): number {
    return this.#connections.size;
  }

  /** Listens again, on the same port. */
  async restart(): Promise<void> {
    this.#listenWith(await listenAgain(this.port, this.hostname));
  }

  /** Refuses connections from now on, and closes those that are open. */
  async stop(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
    // The kernel goes on accepting until the pending accept has let go of the socket.
    await this.#accepting;
    for (const connection of this.#connections) close(connection);
    this.#connections.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Promise.all(this.#tasks);
  }

  #listenWith(listener: Deno.Listener<Deno.Conn>): void {
    this.#listener = listener;
    this.#accepting = this.#acceptAll(listener);
  }

  async #acceptAll(listener: Deno.Listener<Deno.Conn>): Promise<void> {
    for await (const connection of listener) {
      this.#connections.add(connection);
      const task = this.#serve(connection).catch(() => this.#forget(connection));
      this.#tasks.add(task);
      task.finally(() => this.#tasks.delete(task));
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    const reader = new ConnectionReader(connection);
    const request = await readRequest(reader, {
      origin: this.origin,
      sayContinue: () => writeAll(connection, "HTTP/1.1 100 Continue\r\n\r\n"),
    });
    const reply = await this.#answer(request);
    if (reply === "silence") return;
    if (reply !== "hang-up") await writeAnswer(connection, reply, request.method);
    this.#forget(connection);
  }

  #forget(connection: Deno.Conn): void {
    this.#connections.delete(connection);
    close(connection);
  }
}

class ConnectionReader {
  readonly #connection: Deno.Conn;
  #unread = new Uint8Array(0);

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Bytes up to and with the line end that is looked for; fewer at the end of the stream. */
  async line(): Promise<string> {
    while (!this.#unread.includes(10)) if (!await this.#more()) break;
    const end = this.#unread.indexOf(10) + 1 || this.#unread.length;
    return new TextDecoder().decode(this.#take(end)).trimEnd();
  }

  /** So many bytes; fewer at the end of the stream. */
  async bytes(count: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#unread.length < count) if (!await this.#more()) break;
    return this.#take(Math.min(count, this.#unread.length));
  }

  #take(count: number): Uint8Array<ArrayBuffer> {
    const taken = this.#unread.slice(0, count);
    this.#unread = this.#unread.slice(count);
    return taken;
  }

  async #more(): Promise<boolean> {
    const chunk = new Uint8Array(256 * 1024);
    const count = await this.#connection.read(chunk).catch(() => null);
    if (count === null) return false;
    this.#unread = joined([this.#unread, chunk.subarray(0, count)]);
    return true;
  }
}

async function readRequest(
  reader: ConnectionReader,
  { origin, sayContinue }: { origin: string; sayContinue: () => Promise<void> },
): Promise<PlainRequest> {
  const [method = "", target = ""] = (await reader.line()).split(" ");
  const headers = new Headers();
  for (let line = await reader.line(); line !== ""; line = await reader.line()) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const isChunked = headers.get("transfer-encoding") === "chunked";
  const length = Number(headers.get("content-length") ?? 0);
  return {
    method,
    url: new URL(target, origin),
    headers,
    async readBody() {
      if (headers.has("expect")) await sayContinue();
      return isChunked ? await readChunks(reader) : await readExactly(reader, length);
    },
  };
}

async function readExactly(reader: ConnectionReader, length: number) {
  const body = await reader.bytes(length);
  if (body.length < length) throw new BrokenBody(body);
  return body;
}

async function readChunks(reader: ConnectionReader): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  while (true) {
    const line = await reader.line();
    const size = parseInt(line, 16);
    const chunk = await reader.bytes(size || 0);
    chunks.push(chunk);
    const end = await reader.line();
    if (line === "" || chunk.length < size) throw new BrokenBody(joined(chunks));
    if (size === 0 && end === "") return joined(chunks);
  }
}

async function writeAnswer(connection: Deno.Conn, answer: PlainAnswer, method: string) {
  const { status, headers = {}, cutAfter, isChunked = false } = answer;
  const body = typeof answer.body === "string"
    ? new TextEncoder().encode(answer.body)
    : answer.body ?? new Uint8Array();
  const framing = isChunked
    ? { "transfer-encoding": "chunked" }
    : { "content-length": body.length };
  const lines = Object.entries({ ...framing, connection: "close", ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await writeAll(connection, `HTTP/1.1 ${status} Status\r\n${head}\r\n`);
  if (method === "HEAD") return;
  const sent = body.subarray(0, cutAfter ?? body.length);
  if (!isChunked) return await writeAll(connection, sent);
  if (sent.length > 0) {
    await writeAll(connection, `${sent.length.toString(16)}\r\n`);
    await writeAll(connection, sent);
    await writeAll(connection, "\r\n");
  }
  if (cutAfter === undefined) await writeAll(connection, "0\r\n\r\n");
}

async function writeAll(connection: Deno.Conn, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
