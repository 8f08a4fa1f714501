import { freePort } from "./ports.ts";

/** Accepts every connection and never says a word, nor hangs up. */
export class SilentServer implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Deno.Listener;
  readonly #connections: Deno.Conn[] = [];
  readonly #accepting: Promise<void>;

  static start(): SilentServer {
    return new SilentServer(freePort());
  }

  private constructor(port: number) {
    this.port = port;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.#accepting = this.#acceptAll();
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** How many connections were accepted since the start. */
  get acceptedCount(): number {
    return this.#connections.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#connections) connection.close();
  }

  async #acceptAll(): Promise<void> {
    for await (const connection of this.#listener) this.#connections.push(connection);
  }
}
