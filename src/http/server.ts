import { backoff } from "../async/backoff.ts";
import { delay } from "../async/delay.ts";
import type { Logger } from "../log/logger.ts";
import { jsonResponse } from "./responses.ts";

export interface HttpServerOptions {
  /** The address to listen on; without one, every address of this host, IPv6 and IPv4. */
  hostname?: string;
  /** 0 lets the system choose. */
  port: number;
  answer: (request: Request) => Response | Promise<Response>;
  logger: Logger;
  /** How long closing waits for the answers that are under way. */
  closeTimeoutMs?: number;
}

/**
 * Serves HTTP from the moment it exists: the port is bound, and so claimed, when the constructor
 * returns, and free again once it is disposed.
 */
export class HttpServer implements AsyncDisposable {
  readonly port: number;
  readonly #options: HttpServerOptions;
  readonly #logger: Logger;
  readonly #closing = new AbortController();
  readonly #serving: Promise<void>;
  /** Undefined while it cannot listen. */
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;
  #closed: Promise<void> | undefined;

  /**
   * @throws {Deno.errors.AddrInUse} if the port is taken.
   */
  constructor(options: HttpServerOptions) {
    const server = listen(options);
    this.port = server.addr.port;
    this.#options = { ...options, port: this.port };
    this.#logger = options.logger;
    this.#server = server;
    this.#serving = this.#keepListening(server);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  // Deno's server stops listening when it cannot accept a connection, as without a free file
  // descriptor, and fails once its last connection has ended. That must not end the daemon.
  async #keepListening(first: Deno.HttpServer<Deno.NetAddr>): Promise<void> {
    let server: Deno.HttpServer<Deno.NetAddr> | undefined = first;
    while (server !== undefined) {
      try {
        return await server.finished;
      } catch (error) {
        const { port } = this;
        this.#logger.error("no longer accepts connections", { port, error: error as Error });
        this.#server = undefined;
        server = this.#server = await this.#listenAgain();
      }
    }
  }

  /** Undefined if this server is closed meanwhile. */
  async #listenAgain(): Promise<Deno.HttpServer<Deno.NetAddr> | undefined> {
    const { signal } = this.#closing;
    const { port } = this;
    for (const pauseMs of backoff({ initialMs: 100, maxMs: 10_000 })) {
      await delay(pauseMs, { signal }).catch(() => {});
      if (signal.aborted) return undefined;
      try {
        const server = listen(this.#options);
        this.#logger.info("accepts connections again", { port });
        return server;
      } catch (error) {
        this.#logger.warn("cannot accept connections yet", { port, error: error as Error });
      }
    }
  }

  // Deno's shutdown() waits for every open connection, and under load sometimes for ever.
  async #close(): Promise<void> {
    this.#closing.abort();
    const limit = Promise.withResolvers<"late">();
    const timer = setTimeout(() => limit.resolve("late"), this.#options.closeTimeoutMs ?? 1000);
    const end = await Promise.race([this.#shutDown(), limit.promise]);
    clearTimeout(timer);
    if (end === "late") this.#logger.warn("connections left open", { port: this.port });
  }

  async #shutDown(): Promise<void> {
    await this.#server?.shutdown();
    await this.#serving;
  }
}

function listen(options: HttpServerOptions): Deno.HttpServer<Deno.NetAddr> {
  if (options.hostname !== undefined) return serve(options, options.hostname);
  try {
    return serve(options, "::");
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) throw error;
    return serve(options, "0.0.0.0"); // a host without IPv6
  }
}

function serve(options: HttpServerOptions, hostname: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({
    hostname,
    port: options.port,
    onListen() {},
    onError(error) {
      options.logger.error("request failed", { error: error as Error });
      return jsonResponse(500, { error: "This node could not answer: its log tells why" });
    },
  }, options.answer);
}
