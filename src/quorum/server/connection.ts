import type { WatchEvent } from "../tree/mod.ts";
import type { ProtocolError } from "../../zookeeper/wire/jute_reader.ts";
import type { Id } from "../../zookeeper/wire/records.ts";
import type { Channel, ChannelUser } from "./channel.ts";
import { answerWord, findWord } from "./four_letter_words.ts";
import type { FrameReader } from "./frame_reader.ts";
import { readGreeting, welcomeFrame } from "./handshake.ts";
import type { EventReceiver } from "./ledger.ts";
import { answerRequest } from "./requests.ts";
import type { ServerParts } from "./server_parts.ts";
import { formatId, type Session, type SessionHolder } from "./sessions.ts";
import { ConnectionStatistics } from "./statistics.ts";

/** Each identity is compared with each entry of an ACL, and stands in every ACL that names `auth`. */
const MAX_IDENTITIES_LENGTH = 8192;

/** What shows nothing of the tree need not wait for the disk. */
export const NOTHING_SHOWN = 0n;

/** One client's connection: a four letter word, or the handshake and then requests of one session. */
export class Connection implements ChannelUser, SessionHolder, EventReceiver {
  readonly channel: Channel;
  readonly statistics = new ConnectionStatistics();
  readonly #parts: ServerParts;
  #session: Session | undefined;
  #identities: readonly Id[];
  #author: { sessionId: bigint; identities: readonly Id[] };
  #receivedAtMs = 0;

  constructor(channel: Channel, parts: ServerParts) {
    this.channel = channel;
    this.#parts = parts;
    this.#identities = [{ scheme: "ip", id: channel.peer.host }];
    this.#author = { sessionId: 0n, identities: this.#identities };
  }

  /** Undefined until the handshake is done. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** In whose name the client acts. */
  get author(): { readonly sessionId: bigint; readonly identities: readonly Id[] } {
    return this.#author;
  }

  /**
   * Adds identities that the client has proven, and says whether it may have so many; one that it had
   * already stays where it is.
   */
  addIdentities(ids: readonly Id[]): boolean {
    const isNew = ({ scheme, id }: Id) =>
      !this.#identities.some((known) => known.scheme === scheme && known.id === id);
    const all = [...this.#identities, ...ids.filter(isNew)];
    if (all.reduce((length, { id }) => length + id.length, 0) > MAX_IDENTITIES_LENGTH) return false;
    this.#identities = all;
    this.#author = { ...this.#author, identities: all };
    return true;
  }

  /** Serves the client until one of the two hangs up. */
  async serve(): Promise<void> {
    try {
      await this.channel.serve(this);
    } finally {
      this.#leave();
    }
  }

  heard(): void {
    if (this.#session !== undefined) this.#parts.sessions.tracker.touch(this.#session);
  }

  takeNext(frames: FrameReader): boolean {
    if (this.#session === undefined) return this.#takeFirst(frames);
    const frame = frames.next();
    if (frame === undefined) return false;
    this.#received();
    this.heard();
    answerRequest(frame, this, this.#parts);
    return true;
  }

  /** Sends a frame once transaction `gate` is durable. */
  send(frame: Uint8Array, gate: bigint): void {
    this.channel.push(frame, gate, this.#receivedAtMs);
  }

  notify(event: WatchEvent): void {
    this.channel.push(this.#parts.frames.event(event), event.zxid, performance.now());
    if (!this.channel.isOverfull) return;
    this.#parts.clientLog.warn("closing a connection that does not read its events", this.#who());
    this.dismiss("the client does not read");
  }

  sent(count: number, sinceMs: number): void {
    const { statistics } = this.#parts;
    const nowMs = performance.now();
    const latencyMs = nowMs - sinceMs;
    statistics.sent += count;
    statistics.latency.add(count, latencyMs);
    this.statistics.sent += count;
    this.statistics.latency.add(count, latencyMs);
    this.statistics.lastResponseMs = nowMs;
    this.statistics.lastLatencyMs = latencyMs;
  }

  dismiss(reason: string): void {
    this.channel.close(reason);
    this.#leave();
  }

  /** The client has closed its session: nothing but the reply to that is sent any more. */
  sessionClosed(): void {
    if (this.#session !== undefined) this.#parts.sessions.forget(this.#session);
    this.channel.end();
  }

  /** The client did what ends its connection, once it has been answered; one line tells of it. */
  refuse(reason: string): void {
    this.#parts.clientLog.warn("closing a connection", { ...this.#who(), reason });
    this.channel.end();
  }

  misunderstood({ message }: ProtocolError): void {
    this.#parts.clientLog.warn("closing a connection", { ...this.#who(), reason: message });
    this.channel.close(message);
  }

  #takeFirst(frames: FrameReader): boolean {
    const first = frames.peek();
    if (first === undefined) return false;
    const word = findWord(first);
    if (word !== undefined) {
      this.#received();
      const answer = new TextEncoder().encode(answerWord(word, this.#parts));
      this.send(answer, NOTHING_SHOWN);
      this.channel.end();
      return false;
    }
    const frame = frames.next();
    if (frame === undefined) return false;
    this.#received();
    this.#greet(frame);
    return true;
  }

  #greet(frame: Uint8Array): void {
    const { ledger, sessions } = this.#parts;
    const greeting = readGreeting(frame);
    const { lastZxid } = ledger.database;
    // Whoever has seen more than this server has lost its server's data, and must not go back in time.
    if (greeting.lastZxidSeen > lastZxid) {
      const seen = formatId(greeting.lastZxidSeen);
      return this.refuse(
        `it has seen transaction ${seen}, the newest here is ${formatId(lastZxid)}`,
      );
    }
    const { session, welcome } = sessions.welcome(greeting, this);
    this.#session = session;
    this.#author = { ...this.#author, sessionId: session?.id ?? 0n };
    this.statistics.lastOperation = "SESS";
    this.statistics.lastXid = 0;
    this.statistics.lastZxid = ledger.database.lastZxid;
    this.send(welcomeFrame(welcome, greeting), ledger.database.lastZxid);
    if (session === undefined) this.channel.end();
  }

  #received(): void {
    this.#receivedAtMs = performance.now();
    this.#parts.statistics.received++;
    this.statistics.received++;
  }

  #leave(): void {
    this.#parts.ledger.database.removeWatcher(this);
    if (this.#session !== undefined) this.#parts.sessions.leave(this.#session, this);
  }

  #who(): { client: string; session: string | undefined } {
    const { host, port } = this.channel.peer;
    const session = this.#session && formatId(this.#session.id);
    return { client: `${host}:${port}`, session };
  }
}
