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
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #logger: Logger;
  readonly #closeTimeoutMs: number;
  #closed: Promise<void> | undefined;

  /**
   * @throws {Deno.errors.AddrInUse} if the port is taken.
   */
  constructor(options: HttpServerOptions) {
    this.#logger = options.logger;
    this.#closeTimeoutMs = options.closeTimeoutMs ?? 1000;
    this.#server = listen(options);
    this.port = this.#server.addr.port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  // Deno's shutdown() waits for every open connection, and under load sometimes for ever.
  async #close(): Promise<void> {
    const limit = Promise.withResolvers<"late">();
    const timer = setTimeout(() => limit.resolve("late"), this.#closeTimeoutMs);
    const end = await Promise.race([this.#server.shutdown(), limit.promise]);
    clearTimeout(timer);
    if (end === "late") this.#logger.warn("connections left open", { port: this.port });
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
