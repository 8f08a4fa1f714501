import { FrameSplitter } from "../../src/zookeeper/wire/frame_splitter.ts";
import { JuteReader } from "../../src/zookeeper/wire/jute_reader.ts";
import { JuteWriter } from "../../src/zookeeper/wire/jute_writer.ts";
import { connectRequest, connectResponse } from "../../src/zookeeper/wire/records.ts";
import type { ConnectRequest, ConnectResponse } from "../../src/zookeeper/wire/records.ts";

const LIMIT_MS = 10_000;

/** A reply, or an event with xid -1. */
export interface RawReply {
  readonly xid: number;
  readonly zxid: bigint;
  readonly error: number;
  readonly body: JuteReader;
}

/** Speaks ZooKeeper's protocol frame by frame, right or wrong. */
export class RawZooKeeper implements Disposable {
  readonly #connection: Deno.TcpConn;
  readonly #frames = new FrameSplitter(64 * 1024 * 1024);
  #hasGivenUp = false;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async connect(port: number, hostname = "127.0.0.1"): Promise<RawZooKeeper> {
    return new RawZooKeeper(await Deno.connect({ hostname, port }));
  }

  /** Connects and opens a session. */
  static async open(
    port: number,
    request: Partial<ConnectRequest> = {},
  ): Promise<{ client: RawZooKeeper; session: ConnectResponse }> {
    const client = await RawZooKeeper.connect(port);
    // The server may be gone in the middle of this.
    const frame = await client.greet(request).then(() => client.frame()).catch(() => undefined);
    if (frame === undefined) {
      client[Symbol.dispose]();
      throw new Error("the server hung up");
    }
    return { client, session: connectResponse.read(new JuteReader(frame)) };
  }

  async send(...frames: Uint8Array[]): Promise<void> {
    for (const bytes of frames) {
      for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
    }
  }

  greet(request: Partial<ConnectRequest> = {}): Promise<void> {
    return this.send(greeting(request));
  }

  /** Whether it was not the server that ended the connection, but 10 seconds in which it said nothing. */
  get hasGivenUp(): boolean {
    return this.#hasGivenUp;
  }

  /** The next frame's payload; undefined at the end of the connection. */
  async frame(): Promise<Uint8Array | undefined> {
    const timer = setTimeout(() => {
      this.#hasGivenUp = true;
      this[Symbol.dispose]();
    }, LIMIT_MS);
    try {
      while (true) {
        const frame = this.#frames.next();
        if (frame !== undefined) return frame.slice();
        const count = await this.#connection.read(this.#frames.space()).catch(() => null);
        if (count === null) return undefined;
        this.#frames.received(count);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** The next reply or event; undefined at the end of the connection. */
  async reply(): Promise<RawReply | undefined> {
    const frame = await this.frame();
    if (frame === undefined) return undefined;
    const body = new JuteReader(frame);
    return { xid: body.readInt(), zxid: body.readLong(), error: body.readInt(), body };
  }

  [Symbol.dispose](): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
}

/** A ConnectRequest in its frame. */
export function greeting(request: Partial<ConnectRequest> = {}): Uint8Array {
  const writer = new JuteWriter();
  connectRequest.write(writer, {
    protocolVersion: 0,
    lastZxidSeen: 0n,
    timeoutMs: 5000,
    sessionId: 0n,
    password: new Uint8Array(16),
    isReadOnlyAllowed: false,
    ...request,
  });
  return writer.finishFrame();
}

/** A request in its frame. */
export function request(
  xid: number,
  operation: number,
  writeBody: (writer: JuteWriter) => void = () => {},
): Uint8Array {
  const writer = new JuteWriter();
  writer.writeInt(xid);
  writer.writeInt(operation);
  writeBody(writer);
  return writer.finishFrame();
}
