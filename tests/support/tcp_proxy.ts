import { delay } from "../../src/async/delay.ts";
import { LatestValue } from "../../src/async/latest_value.ts";
import { freePort, listenAgain } from "./ports.ts";

/**
 * What the proxy does with bytes and with new connections. Held bytes are kept and delivered once the
 * mode lets them pass again, as TCP does after a partition heals: nothing is ever lost mid-stream.
 * - `pass`: forwards both ways.
 * - `drop`: a black hole: sockets stay open and are still accepted, nothing gets through either way.
 * - `hold-requests`, `hold-replies`: a black hole in one direction.
 * - `refuse`: new connections are refused; those that exist go on.
 */
export type ProxyMode = "pass" | "drop" | "hold-requests" | "hold-replies" | "refuse";

type Direction = "request" | "reply";

const CHUNK_BYTES = 64 * 1024;
const RETRY_PAUSE_MS = 20;

/** A forwarding TCP proxy on the loopback interface whose link can be broken in the usual ways. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  readonly #target: Deno.ConnectOptions;
  readonly #patienceMs: number;
  readonly #mode = new LatestValue<ProxyMode>("pass");
  readonly #connections = new Set<Deno.Conn>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #closed = new AbortController();
  #listener: Deno.TcpListener | undefined;
  #accepting: Promise<void> | undefined;
  #accepted = 0;

  /**
   * Starts to forward to `target` (`host:port`), from a free port unless one is given. A target that
   * does not listen is waited for as long as `patienceMs` says: clients are accepted already, and
   * cannot be refused any more.
   */
  static start(options: { target: string; port?: number; patienceMs?: number }): TcpProxy {
    const { target, port = freePort(), patienceMs = 0 } = options;
    return new TcpProxy(target, { port, patienceMs });
  }

  private constructor(
    target: string,
    { port, patienceMs }: { port: number; patienceMs: number },
  ) {
    this.#patienceMs = patienceMs;
    const colon = target.lastIndexOf(":");
    this.#target = {
      hostname: target.slice(0, colon).replace(/^\[|\]$/g, ""),
      port: Number(target.slice(colon + 1)),
    };
    this.port = port;
    this.#listenWith(Deno.listen({ hostname: "127.0.0.1", port }));
  }

  /** Where clients connect to, as `host:port`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get mode(): ProxyMode {
    return this.#mode.value;
  }

  /** How many connections were accepted since the start. */
  get acceptedCount(): number {
    return this.#accepted;
  }

  /** Changes what happens to bytes at once, and to new connections once this resolves. */
  async setMode(mode: ProxyMode): Promise<void> {
    this.#mode.set(mode);
    if (mode === "refuse") await this.#stopListening();
    else await this.#listenAgain();
  }

  /** Closes every connection on both sides; bytes on hold are lost, new connections are welcome. */
  cutConnections(): void {
    for (const connection of this.#connections) close(connection);
    this.#connections.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    await this.#stopListening();
    this.cutConnections();
    await Promise.all(this.#tasks);
  }

  async #listenAgain(): Promise<void> {
    if (this.#listener || this.#closed.signal.aborted) return;
    const listener = await listenAgain(this.port);
    // The proxy may have been told otherwise meanwhile.
    if (this.#listener || this.#closed.signal.aborted || this.mode === "refuse") listener.close();
    else this.#listenWith(listener);
  }

  #listenWith(listener: Deno.TcpListener): void {
    this.#listener = listener;
    this.#accepting = this.#acceptAll(listener);
  }

  async #stopListening(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
    // The kernel goes on accepting until the pending accept has let go of the socket.
    await this.#accepting;
  }

  async #acceptAll(listener: Deno.TcpListener): Promise<void> {
    for await (const client of listener) {
      this.#accepted++;
      this.#track(this.#forward(client));
    }
  }

  async #forward(client: Deno.TcpConn): Promise<void> {
    this.#connections.add(client);
    const server = await this.#reachTarget(client);
    // The client may have been cut off meanwhile.
    if (!server || !this.#connections.has(client)) {
      if (server) close(server);
      return this.#forget(client);
    }
    this.#connections.add(server);
    // Else small frames are held back behind others, for up to 40 ms each.
    for (const connection of [client, server]) connection.setNoDelay();
    await Promise.all([
      this.#pump(client, server, "request"),
      this.#pump(server, client, "reply"),
    ]);
    this.#forget(client);
    this.#forget(server);
  }

  async #reachTarget(client: Deno.Conn): Promise<Deno.TcpConn | undefined> {
    const { signal } = this.#closed;
    const giveUpAt = performance.now() + this.#patienceMs;
    while (true) {
      const server = await Deno.connect(this.#target).catch(() => undefined);
      const mayWait = this.#connections.has(client) && performance.now() < giveUpAt;
      if (server || !mayWait) return server;
      await delay(RETRY_PAUSE_MS, { signal }).catch(() => {});
    }
  }

  /** Ends quietly with either side: what a proxy can say about it, it says by closing the other. */
  async #pump(source: Deno.Conn, sink: Deno.Conn, direction: Direction): Promise<void> {
    const chunk = new Uint8Array(CHUNK_BYTES);
    try {
      while (true) {
        const length = await source.read(chunk);
        await this.#gate(direction);
        if (length === null) return await sink.closeWrite();
        await writeAll(sink, chunk.subarray(0, length));
      }
    } catch {
      this.#forget(source);
      this.#forget(sink);
    }
  }

  async #gate(direction: Direction): Promise<void> {
    if (passes(this.#mode.value, direction)) return;
    await this.#mode.until((mode) => passes(mode, direction), { signal: this.#closed.signal });
  }

  #forget(connection: Deno.Conn): void {
    this.#connections.delete(connection);
    close(connection);
  }

  #track(task: Promise<void>): void {
    this.#tasks.add(task);
    task.finally(() => this.#tasks.delete(task));
  }
}

function passes(mode: ProxyMode, direction: Direction): boolean {
  return mode !== "drop" && mode !== `hold-${direction === "request" ? "requests" : "replies"}`;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await connection.write(bytes.subarray(written));
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
