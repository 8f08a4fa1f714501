/** Open streams of events, read to their end or until they are disposed. */
export class OpenStreams implements AsyncDisposable {
  bytes = 0;
  readonly #connections: readonly Deno.Conn[];
  readonly #reading: Promise<unknown>;

  static async open(port: number, count: number): Promise<OpenStreams> {
    const request = new TextEncoder().encode(
      "GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n",
    );
    const connections: Deno.Conn[] = [];
    for (let number = 0; number < count; number++) {
      const connection = await Deno.connect({ hostname: "localhost", port });
      await connection.write(request);
      connections.push(connection);
    }
    return new OpenStreams(connections);
  }

  private constructor(connections: readonly Deno.Conn[]) {
    this.#connections = connections;
    this.#reading = Promise.all(connections.map((connection) => this.#read(connection)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) connection.close();
    await this.#reading;
  }

  async #read(connection: Deno.Conn): Promise<void> {
    const piece = new Uint8Array(16 * 1024);
    while (true) {
      const count = await connection.read(piece).catch(() => null);
      if (count === null) return;
      this.bytes += count;
    }
  }
}
