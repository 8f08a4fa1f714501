import type { Codec } from "../../src/zookeeper/wire/codec.ts";
import { SpecialXid } from "../../src/zookeeper/wire/constants.ts";
import { JuteReader } from "../../src/zookeeper/wire/jute_reader.ts";
import { operations } from "../../src/zookeeper/wire/operations.ts";
import {
  type ConnectRequest,
  type ConnectResponse,
  connectResponse,
  watcherEvent,
} from "../../src/zookeeper/wire/records.ts";
import { type RawReply, RawZooKeeper, request } from "../support/raw_zookeeper.ts";
import type { ReconnectManner, Request, WatchLists } from "./step.ts";
import { comparableText, type SessionNames } from "./text.ts";

const XIDS: Partial<Record<Request["name"], number>> = {
  setWatches: SpecialXid.setWatches,
  setWatches2: SpecialXid.setWatches,
  auth: SpecialXid.auth,
  ping: SpecialXid.ping,
};
const ZXID_OF_NO_SERVER = 1n << 40n;

/** What a request was answered; without a body if it was refused. */
export interface Answer {
  readonly error: number;
  readonly body?: unknown;
}

/** One client of one server, which writes down all that it hears, in its order. */
export class Client implements Disposable {
  readonly #names: SessionNames;
  #wire: RawZooKeeper;
  #session: ConnectResponse;
  #xid = 0;
  #lastZxid = 0n;
  #heard: string[] = [];

  static async open(port: number, names: SessionNames, timeoutMs: number): Promise<Client> {
    const { client, session } = await RawZooKeeper.open(port, { timeoutMs });
    return new Client(client, session, names);
  }

  private constructor(wire: RawZooKeeper, session: ConnectResponse, names: SessionNames) {
    this.#wire = wire;
    this.#session = session;
    this.#names = names;
    this.#note(`open as ${names.nameOf(session.sessionId)} for ${session.timeoutMs} ms`);
  }

  /** What was heard since the last call. */
  takeHeard(): string[] {
    return this.#heard.splice(0);
  }

  /** Takes what another heard as heard before. */
  recall(heard: readonly string[]): void {
    this.#heard.unshift(...heard);
  }

  /** Sends the requests at once and hears their replies, fewer if the server hangs up. */
  async ask(...requests: readonly Request[]): Promise<Answer[]> {
    const sent = requests.map((request) => this.#frame(request));
    try {
      await this.#wire.send(...sent.map(({ frame }) => frame));
    } catch (error) {
      this.#note(`cannot be told: ${error}`);
    }
    const answers: Answer[] = [];
    for (const [index, { xid }] of sent.entries()) {
      const reply = await this.#hearUntil(xid);
      if (reply === undefined) break;
      answers.push(this.#answer(requests[index]!, reply));
    }
    return answers;
  }

  /** Hears all that the server has to tell of what happened before; nothing changes. */
  async catchUp(): Promise<void> {
    await this.ask({ name: "exists", body: { path: "/", watch: false } });
  }

  /** Whether there is such a node; the answer itself is not written down. */
  async sees(path: string): Promise<boolean> {
    const [answer] = await this.ask({ name: "exists", body: { path, watch: false } });
    this.#heard.pop();
    return answer?.error === 0;
  }

  async authenticate(credentials: string): Promise<void> {
    const body = { type: 0, scheme: "digest", credentials: new TextEncoder().encode(credentials) };
    await this.ask({ name: "auth", body });
  }

  /** Takes the session up again over a new connection. */
  async reconnect(port: number, manner: ReconnectManner): Promise<void> {
    const old = this.#wire;
    if (manner !== "taken") old[Symbol.dispose]();
    if (manner === "guessed") await this.#knock(port, { password: new Uint8Array(16).fill(1) });
    if (manner === "ahead") await this.#knock(port, { lastZxidSeen: ZXID_OF_NO_SERVER });
    this.#wire = await this.#knock(port);
    if (manner !== "taken") return;
    await this.#hearEnd(old);
    old[Symbol.dispose]();
  }

  /** Watches again, and is told what changed since so many transactions ago. */
  async setWatches(
    name: "setWatches" | "setWatches2",
    watches: WatchLists,
    transactionsAgo: number,
  ): Promise<void> {
    const relativeZxid = this.#lastZxid - BigInt(transactionsAgo);
    await this.ask({ name, body: { ...watches, relativeZxid } });
  }

  /** Closes the session; hears the server hang up, and that the session is no more. */
  async leave(port: number): Promise<void> {
    await this.ask({ name: "closeSession", body: undefined });
    await this.#hearEnd(this.#wire);
    await this.reconnect(port, "lost");
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#wire[Symbol.dispose]();
  }

  /** Asks over a new connection for the session, and notes how it is met. */
  async #knock(port: number, request: Partial<ConnectRequest> = {}): Promise<RawZooKeeper> {
    const { sessionId, password, timeoutMs } = this.#session;
    const wire = await RawZooKeeper.connect(port);
    await wire.greet({ sessionId, password, timeoutMs, lastZxidSeen: this.#lastZxid, ...request });
    const frame = await wire.frame();
    if (frame === undefined) {
      this.#note("not let in");
      wire[Symbol.dispose]();
      return wire;
    }
    const met = connectResponse.read(new JuteReader(frame));
    this.#note(`met as ${this.#names.nameOf(met.sessionId)} for ${met.timeoutMs} ms`);
    if (met.sessionId === 0n) {
      await this.#hearEnd(wire);
      wire[Symbol.dispose]();
    }
    return wire;
  }

  async #hearEnd(wire: RawZooKeeper): Promise<void> {
    const isOver = await wire.frame() === undefined && !wire.hasGivenUp;
    this.#note(isOver ? "hung up" : "not hung up");
  }

  #frame({ name, body }: Request): { xid: number; frame: Uint8Array } {
    const operation = operations[name];
    const xid = XIDS[name] ?? ++this.#xid;
    // The table has a codec of another type for each name.
    const codec = operation.request as Codec<unknown>;
    const frame = request(xid, operation.code, (writer) => codec.write(writer, body));
    // A writer's bytes are good until the next frame.
    return { xid, frame: frame.slice() };
  }

  #answer({ name }: Request, { zxid, error, body }: RawReply): Answer {
    const answer = error === 0 ? operations[name].response.read(body) : undefined;
    const text = answer === undefined ? "" : comparableText(answer, this.#names);
    this.#note(`${name}: zxid ${zxid}, error ${error}, ${body.remaining} bytes more ${text}`);
    return { error, body: answer };
  }

  async #hearUntil(xid: number): Promise<RawReply | undefined> {
    while (true) {
      const reply = await this.#wire.reply();
      if (reply === undefined) {
        this.#note(this.#wire.hasGivenUp ? "no answer" : "hung up");
        return undefined;
      }
      if (reply.zxid > this.#lastZxid) this.#lastZxid = reply.zxid;
      if (reply.xid === xid) return reply;
      if (reply.xid === SpecialXid.notification) this.#hearEvent(reply);
      else this.#note(`a reply to ${reply.xid} in the place of ${xid}`);
    }
  }

  #hearEvent({ zxid, body }: RawReply): void {
    const { type, state, path } = watcherEvent.read(body);
    this.#note(`event ${type} of ${path} in state ${state}, zxid ${zxid}`);
  }

  #note(text: string): void {
    this.#heard.push(text);
  }
}
