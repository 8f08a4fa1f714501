import { FrameSplitter } from "../../src/zookeeper/wire/frame_splitter.ts";
import { greeting } from "../../tests/support/raw_zookeeper.ts";

const MAX_FRAME_BYTES = 1024 * 1024;
const ERROR_AT = 12;
// It sends no pings while others have their turn.
const SESSION_TIMEOUT_MS = 600_000;

/** A session of a client that costs next to nothing: frames are made once, and replies are only counted. */
export class LoadConnection implements Disposable {
  readonly #connection: Deno.TcpConn;
  readonly #frames = new FrameSplitter(MAX_FRAME_BYTES);

  static async open(port: number): Promise<LoadConnection> {
    const connection = new LoadConnection(await Deno.connect({ hostname: "127.0.0.1", port }));
    await connection.#send(greeting({ timeoutMs: SESSION_TIMEOUT_MS }));
    while (connection.#frames.next() === undefined) await connection.#receive();
    return connection;
  }

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Makes a request `count` times, so many at once: each reply is followed by the next request. */
  async repeat(
    request: Uint8Array,
    count: number,
    options: { outstanding: number },
  ): Promise<void> {
    const { outstanding } = options;
    const copies = repeated(request, outstanding);
    let [sent, answered] = [Math.min(outstanding, count), 0];
    await this.#send(copies.subarray(0, sent * request.length));
    while (answered < count) {
      const replies = await this.#replies();
      answered += replies;
      const next = Math.min(replies, count - sent);
      sent += next;
      if (next > 0) await this.#send(copies.subarray(0, next * request.length));
    }
  }

  /** Sends a request and waits for `count` frames, events and replies alike. */
  async exchange(request: Uint8Array, count: number): Promise<void> {
    await this.#send(request);
    await this.receive(count);
  }

  /** Waits for `count` frames. */
  async receive(count: number): Promise<void> {
    for (let received = 0; received < count;) received += await this.#replies();
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
  }

  /** How many frames the next bytes complete. */
  async #replies(): Promise<number> {
    await this.#receive();
    let count = 0;
    for (let frame = this.#frames.next(); frame !== undefined; frame = this.#frames.next()) {
      const { buffer, byteOffset } = frame;
      const error = new DataView(buffer, byteOffset).getInt32(ERROR_AT);
      if (error !== 0) throw new Error(`The server answered with error ${error}`);
      count++;
    }
    return count;
  }

  async #receive(): Promise<void> {
    const count = await this.#connection.read(this.#frames.space());
    if (count === null) throw new Error("The server hung up");
    this.#frames.received(count);
  }
}

function repeated(bytes: Uint8Array, count: number): Uint8Array {
  const all = new Uint8Array(bytes.length * count);
  for (let index = 0; index < count; index++) all.set(bytes, index * bytes.length);
  return all;
}
