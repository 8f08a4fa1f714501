/** One accepted connection, as the server sees it. */
export interface Visit {
  /** Reads until the text is there, or the client hung up; gives all that was read since the last call. */
  readUntil(text: string): Promise<string>;
  /** Reads so many bytes, or until the client hung up, and counts them. */
  count(limit: number): Promise<number>;
  say(text: string | Uint8Array): Promise<void>;
  hangUp(): void;
}

/** A server on the loopback interface that does with each connection what its test says. */
export class RawServer implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Deno.Listener<Deno.Conn>;
  readonly #serve: (visit: Visit) => Promise<void>;
  readonly #open = new Set<Deno.Conn>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;

  static start(
    serve: (visit: Visit) => Promise<void>,
    options: { hostname?: string; certificate?: { cert: string; key: string } } = {},
  ): RawServer {
    const { hostname = "127.0.0.1", certificate } = options;
    const listener = certificate === undefined
      ? Deno.listen({ hostname, port: 0 })
      : Deno.listenTls({ hostname, port: 0, ...certificate });
    return new RawServer(listener, serve);
  }

  private constructor(
    listener: Deno.Listener<Deno.Conn>,
    serve: (visit: Visit) => Promise<void>,
  ) {
    this.#listener = listener;
    this.#serve = serve;
    this.port = (listener.addr as Deno.NetAddr).port;
    this.#accepting = this.#acceptAll();
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}/`);
  }

  /** Connections that neither side has closed. */
  get openCount(): number {
    return this.#open.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#open) close(connection);
    await Promise.all(this.#tasks);
  }

  async #acceptAll(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#open.add(connection);
      const visit = visitOf(connection);
      const task = this.#serve(visit).catch(() => {}).finally(() => {
        this.#open.delete(connection);
        close(connection);
      });
      this.#tasks.add(task);
    }
  }
}

function visitOf(connection: Deno.Conn): Visit {
  const chunk = new Uint8Array(65_536);
  const read = () => connection.read(chunk).catch(() => null);
  return {
    async readUntil(text) {
      let all = "";
      while (!all.includes(text)) {
        const length = await read();
        if (length === null) break;
        all += new TextDecoder("latin1").decode(chunk.subarray(0, length));
      }
      return all;
    },
    async count(limit) {
      let total = 0;
      while (total < limit) {
        const length = await read();
        if (length === null) break;
        total += length;
      }
      return total;
    },
    async say(words) {
      const bytes = typeof words === "string" ? new TextEncoder().encode(words) : words;
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    },
    hangUp() {
      close(connection);
    },
  };
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
