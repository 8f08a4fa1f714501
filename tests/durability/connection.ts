import type { Codec } from "../../src/zookeeper/wire/codec.ts";
import { SpecialXid } from "../../src/zookeeper/wire/constants.ts";
import { operations } from "../../src/zookeeper/wire/operations.ts";
import type { ConnectResponse } from "../../src/zookeeper/wire/records.ts";
import { RawZooKeeper, request } from "../support/raw_zookeeper.ts";

/** What a client knows of its session. */
export type Session = Pick<ConnectResponse, "sessionId" | "password">;

/** A reply, and what the server said that it knew then. */
export interface Answer {
  readonly error: number;
  readonly zxid: bigint;
  readonly body?: unknown;
}

type OperationName = keyof typeof operations;
const TIMEOUT_MS = 60_000;

/** Many requests at once over one connection, until it ends, as it does when the server is killed. */
export class Connection implements AsyncDisposable {
  readonly #wire: RawZooKeeper;
  readonly session: ConnectResponse;
  readonly #waiting: { name: OperationName; resolve: (answer: Answer | undefined) => void }[] = [];
  readonly #reading: Promise<void>;
  #xid = 0;
  #hasEnded = false;

  /** Opens a session, or takes one up again: whoever asks looks at what the server says of it. */
  static async open(port: number, session?: Session): Promise<Connection> {
    const opened = await RawZooKeeper.open(port, { timeoutMs: TIMEOUT_MS, ...session });
    return new Connection(opened.client, opened.session);
  }

  /** The same; undefined if the server is gone, or goes before it has answered. */
  static async openIfServed(port: number, session?: Session): Promise<Connection | undefined> {
    try {
      return await Connection.open(port, session);
    } catch {
      return undefined;
    }
  }

  private constructor(wire: RawZooKeeper, session: ConnectResponse) {
    this.#wire = wire;
    this.session = session;
    this.#reading = this.#read();
  }

  /** The answer; undefined if the connection ends before, and the outcome is unknown. */
  async ask(name: OperationName, body: unknown): Promise<Answer | undefined> {
    if (this.#hasEnded) return undefined;
    const answer = new Promise<Answer | undefined>((resolve) => {
      this.#waiting.push({ name, resolve });
    });
    const operation = operations[name];
    const codec = operation.request as Codec<unknown>;
    const frame = request(++this.#xid, operation.code, (writer) => codec.write(writer, body));
    // That it could not be sent is learnt from the end of the connection.
    await this.#wire.send(frame).catch(() => {});
    return await answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#wire[Symbol.dispose]();
    await this.#reading;
  }

  async #read(): Promise<void> {
    while (true) {
      const reply = await this.#wire.reply();
      if (reply === undefined) break;
      if (reply.xid === SpecialXid.notification) continue;
      const { name, resolve } = this.#waiting.shift()!;
      const { error, zxid } = reply;
      resolve(
        error === 0 ? { error, zxid, body: operations[name].response.read(reply.body) } : {
          error,
          zxid,
        },
      );
    }
    this.#hasEnded = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined);
  }
}
