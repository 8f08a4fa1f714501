/// <reference lib="deno.unstable" />
import { dirname } from "node:path";

/** The way to a service manager. Not to be used again after a failure. */
export interface NotifySocket extends Disposable {
  /** Sends one message: assignments, one a line. */
  send(message: string, options: { signal: AbortSignal }): Promise<void>;
}

/** Opens the way to the socket that systemd names in NOTIFY_SOCKET. */
export async function openNotifySocket(
  address: string,
  options: { signal: AbortSignal },
): Promise<NotifySocket> {
  if (address.startsWith("/")) return await DatagramSocket.open(address, options);
  if (address.startsWith("@")) return new NotifyProgram(address);
  throw new Error("Neither an absolute path nor an abstract socket");
}

/** The datagrams come from this process: systemd knows it by their sender. */
class DatagramSocket implements NotifySocket {
  readonly #connection: Deno.DatagramConn;
  readonly #path: string;

  /** Deno sends only from a socket with a name; it loses its name at once, so that no crash leaves it behind. */
  static async open(path: string, options: { signal: AbortSignal }): Promise<DatagramSocket> {
    const own = `${await Deno.makeTempDir({ prefix: "masterd_notify_" })}/socket`;
    try {
      options.signal.throwIfAborted();
      return new DatagramSocket(Deno.listenDatagram({ transport: "unixpacket", path: own }), path);
    } finally {
      await Deno.remove(dirname(own), { recursive: true });
    }
  }

  private constructor(connection: Deno.DatagramConn, path: string) {
    this.#connection = connection;
    this.#path = path;
  }

  async send(message: string): Promise<void> {
    const bytes = new TextEncoder().encode(message);
    await this.#connection.send(bytes, { transport: "unixpacket", path: this.#path });
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

/** Deno cannot name an abstract socket; systemd's own program can. */
class NotifyProgram implements NotifySocket {
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  async send(message: string, options: { signal: AbortSignal }): Promise<void> {
    // Without --no-block it waits seconds for an answer that only systemd gives, and systemd's own socket has a path.
    const { success, code, stderr } = await new Deno.Command("systemd-notify", {
      args: ["--no-block", "--", ...message.split("\n")],
      env: { NOTIFY_SOCKET: this.#address },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      signal: options.signal,
    }).output();
    if (success) return;
    const said = new TextDecoder().decode(stderr).trim();
    throw new Error(`systemd-notify ended with exit code ${code}: ${said}`);
  }

  [Symbol.dispose](): void {}
}
