import { FrameSplitter } from "../../../src/zookeeper/wire/frame_splitter.ts";
import { JuteReader } from "../../../src/zookeeper/wire/jute_reader.ts";
import {
  type ConnectRequest,
  connectRequest,
  type ConnectResponse,
} from "../../../src/zookeeper/wire/records.ts";
import { Arrivals } from "./arrivals.ts";
import {
  connectResponseFrame,
  eventFrame,
  type FakeRequest,
  replyFrame,
  requestOf,
} from "./frames.ts";

const REQUEST_LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * A ZooKeeper server that does nothing by itself but answer pings: the test takes each connection and
 * each request, and says what comes back.
 */
export class FakeServer implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #connections: FakeConnection[] = [];
  readonly #arrivals = new Arrivals<FakeConnection>("connection");
  readonly #accepting: Promise<void>;

  static start(): FakeServer {
    return new FakeServer();
  }

  private constructor() {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#acceptAll();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** How many connections were accepted since the start. */
  get acceptedCount(): number {
    return this.#connections.length;
  }

  /** The next connection, before anything is said on it. */
  accept(): Promise<FakeConnection> {
    return this.#arrivals.next();
  }

  /** The next connection, with the handshake done. */
  async establish(response: Partial<ConnectResponse> = {}): Promise<FakeConnection> {
    const connection = await this.accept();
    await connection.connectRequest;
    await connection.send(connectResponseFrame(response));
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#connections.map((connection) => connection.ended));
  }

  async #acceptAll(): Promise<void> {
    for await (const socket of this.#listener) {
      socket.setNoDelay(true);
      const connection = new FakeConnection(socket);
      this.#connections.push(connection);
      this.#arrivals.push(connection);
    }
  }
}

/** The server's end of a connection. */
export class FakeConnection {
  /** Resolves when the connection is over, whoever ended it. */
  readonly ended: Promise<void>;
  /** Moments at which pings came. */
  readonly pings = new Arrivals<number>("ping");
  answersPings = true;
  readonly #socket: Deno.TcpConn;
  readonly #splitter = new FrameSplitter(REQUEST_LIMIT_BYTES);
  readonly #requests = new Arrivals<FakeRequest>("request");
  readonly #connectRequest = Promise.withResolvers<ConnectRequest>();
  #isFirst = true;
  #isClosed = false;

  constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
    this.#connectRequest.promise.catch(() => {});
    this.ended = this.#readAll();
  }

  get connectRequest(): Promise<ConnectRequest> {
    return this.#connectRequest.promise;
  }

  /** How many requests came that the test has not taken; pings do not count. */
  get requestsLeft(): number {
    return this.#requests.left;
  }

  /** The next request that is not a ping. */
  request(): Promise<FakeRequest> {
    return this.#requests.next();
  }

  /** The next requests, in order of arrival. */
  async requests(count: number): Promise<FakeRequest[]> {
    const requests: FakeRequest[] = [];
    while (requests.length < count) requests.push(await this.request());
    return requests;
  }

  /** Sends all frames in one piece. */
  async send(...frames: Uint8Array[]): Promise<void> {
    const bytes = new Uint8Array(await new Blob(frames as BlobPart[]).arrayBuffer());
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.#socket.write(rest));
  }

  reply(request: FakeRequest, options: Parameters<typeof replyFrame>[1] = {}): Promise<void> {
    return this.send(replyFrame(request, options));
  }

  notify(type: number, path: string): Promise<void> {
    return this.send(eventFrame(type, path));
  }

  /** Takes the next request, which must be this one, and gives it its usual answer. */
  async answer(
    operation: FakeRequest["operation"],
    options: Parameters<typeof replyFrame>[1] = {},
  ): Promise<FakeRequest> {
    const request = await this.request();
    if (request.operation !== operation) throw new Error(`A client sent ${request.operation}`);
    await this.reply(request, options);
    return request;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }

  async #readAll(): Promise<void> {
    try {
      for (let count: number | null = 0; count !== null;) {
        this.#splitter.received(count);
        await this.#takeFrames();
        count = await this.#socket.read(this.#splitter.space());
      }
    } catch (error) {
      if (!isDisconnect(error)) throw error;
    } finally {
      this.#connectRequest.reject(new Error("The client said nothing"));
      this.close();
    }
  }

  async #takeFrames(): Promise<void> {
    for (let frame = this.#splitter.next(); frame; frame = this.#splitter.next()) {
      await this.#take(frame);
    }
  }

  async #take(frame: Uint8Array): Promise<void> {
    if (this.#isFirst) {
      this.#isFirst = false;
      return this.#connectRequest.resolve(connectRequest.read(new JuteReader(frame)));
    }
    const request = requestOf(frame);
    if (request.operation !== "ping") return this.#requests.push(request);
    this.pings.push(performance.now());
    if (this.answersPings) await this.reply(request);
  }
}

function isDisconnect(error: unknown): boolean {
  return [
    Deno.errors.BadResource,
    Deno.errors.Interrupted,
    Deno.errors.ConnectionReset,
    Deno.errors.BrokenPipe,
  ].some((kind) => error instanceof kind);
}
