export interface KeptAnswer {
  status: number;
  headers: Headers;
  text: string;
}

const ANSWER_LIMIT_MS = 5000;

/** One HTTP connection for one request after another, as browsers and other clients keep theirs. */
export class KeptConnection implements Disposable {
  readonly #connection: Deno.TcpConn;
  #unread = "";

  static async open(port: number): Promise<KeptConnection> {
    return new KeptConnection(await Deno.connect({ hostname: "localhost", port }));
  }

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Rejects if the connection ends, or 5 s pass, before the whole answer is there. */
  async get(path: string): Promise<KeptAnswer> {
    const timer = setTimeout(() => this[Symbol.dispose](), ANSWER_LIMIT_MS);
    try {
      const request = `GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`;
      await this.#connection.write(new TextEncoder().encode(request));
      return await this.#answer();
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.dispose](): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #answer(): Promise<KeptAnswer> {
    while (!this.#unread.includes("\r\n\r\n")) await this.#read();
    const end = this.#unread.indexOf("\r\n\r\n");
    const [statusLine, ...fields] = this.#unread.slice(0, end).split("\r\n");
    const headers = new Headers(fields.map((field) => splitField(field)));
    const endOfBody = end + 4 + Number(headers.get("content-length"));
    while (this.#unread.length < endOfBody) await this.#read();
    const text = this.#unread.slice(end + 4, endOfBody);
    this.#unread = this.#unread.slice(endOfBody);
    return { status: Number(statusLine!.split(" ")[1]), headers, text };
  }

  // In this encoding each byte is a letter, as lengths are counted in bytes.
  async #read(): Promise<void> {
    const bytes = new Uint8Array(16 * 1024);
    const count = await this.#connection.read(bytes);
    if (count === null) throw new Error("The connection ended within an answer");
    this.#unread += new TextDecoder("latin1").decode(bytes.subarray(0, count));
  }
}

function splitField(field: string): [string, string] {
  const colon = field.indexOf(":");
  return [field.slice(0, colon), field.slice(colon + 1).trim()];
}
