/// <reference lib="deno.unstable" />
import { LatestValue } from "../../src/async/latest_value.ts";

/** A service manager's end of a notify socket: collects the messages, as systemd does. */
export class NotifyReceiver implements AsyncDisposable {
  readonly path: string;
  readonly messages: string[] = [];
  readonly #folder: string;
  readonly #socket: Deno.DatagramConn;
  readonly #count = new LatestValue(0);
  readonly #collecting: Promise<void>;

  static async open(): Promise<NotifyReceiver> {
    return new NotifyReceiver(await Deno.makeTempDir({ prefix: "masterd_receiver_" }));
  }

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = `${folder}/notify`;
    this.#socket = Deno.listenDatagram({ transport: "unixpacket", path: this.path });
    this.#collecting = this.#collect();
  }

  /** Waits until one of the messages, past or to come, has this line. */
  async line(text: string, options: { from?: number; signal?: AbortSignal } = {}): Promise<void> {
    const { from = 0, signal = AbortSignal.timeout(30_000) } = options;
    await this.#count.until(() => this.lines.slice(from).includes(text), { signal });
  }

  /** All lines of all messages. */
  get lines(): string[] {
    return this.messages.flatMap((message) => message.split("\n"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#collecting;
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #collect(): Promise<void> {
    for await (const [bytes] of this.#socket) {
      this.messages.push(new TextDecoder().decode(bytes));
      this.#count.set(this.messages.length);
    }
  }
}
