import { ProtocolError } from "../../zookeeper/wire/jute_reader.ts";
import { FrameReader } from "./frame_reader.ts";
import type { Gate, Waiter } from "./gate.ts";
import { Outbox } from "./outbox.ts";
import type { Peer } from "./peer.ts";

/** Unsent bytes from which on nothing more is read from a client. */
const FULL_BYTES = 1024 * 1024;
/** Unsent bytes at which a client that reads nothing is given up; events come unasked. */
const MAX_PENDING_BYTES = 32 * 1024 * 1024;
/** Bytes that may lie here while nothing is taken: a client that waits for a long answer still pings. */
const MAX_UNTAKEN_BYTES = 64 * 1024;
/** How long the requests of one client may keep those of all others waiting. */
const SLICE_MS = 5;
/** How long a client may take to fetch the last answer before its end of the connection. */
export const END_LIMIT_MS = 5000;

/** What is spoken over a channel. */
export interface ChannelUser {
  /** The client is there: something has come, or a part of it. */
  heard(): void;
  /**
   * Takes one frame, or a part of what has come, and says whether there was any.
   * @throws {ProtocolError} if the client does not speak the protocol.
   */
  takeNext(frames: FrameReader): boolean;
  /** The client does not speak the protocol; the channel is to be closed. */
  misunderstood(error: ProtocolError): void;
  /** Frames that came at this time, in milliseconds, were released to be sent. */
  sent(count: number, sinceMs: number): void;
}

export interface ChannelOptions {
  readonly socket: Deno.TcpConn;
  readonly peer: Peer;
  readonly maxFrameBytes: number;
  readonly gate: Gate;
}

type State =
  | { kind: "open" }
  /** Sends what it has, and waits for the client to hang up. */
  | { kind: "ending"; sinceMs: number }
  | { kind: "closed"; reason: string };

/**
 * One client's socket: frames in, frames out in order, each when its transaction is durable. A client
 * that does not read what it is sent is not read from either.
 */
export class Channel implements Waiter {
  readonly peer: Peer;
  readonly openedAtMs: number = performance.now();
  readonly #socket: Deno.TcpConn;
  readonly #gate: Gate;
  readonly #frames: FrameReader;
  readonly #outbox = new Outbox();
  #user: ChannelUser | undefined;
  #state: State = { kind: "open" };
  #reading: Promise<void> | undefined;
  #hasHungUp = false;
  #sending: Promise<void> | undefined;
  #inFlightBytes = 0;
  /** Resolved when there may be room again. */
  #progress: PromiseWithResolvers<void> | undefined;

  constructor(options: ChannelOptions) {
    this.peer = options.peer;
    this.#socket = options.socket;
    this.#gate = options.gate;
    this.#frames = new FrameReader(options.maxFrameBytes);
  }

  get state(): State {
    return this.#state;
  }

  /** Frames that wait for their transaction. */
  get waitingCount(): number {
    return this.#outbox.waitingCount;
  }

  /**
   * Settles when the closed channel has given its socket back. A write that is under way keeps it until
   * the client takes what it is sent, or is gone: Deno does not end it (seen with 2.6).
   */
  get released(): Promise<void> {
    return this.#sending ?? Promise.resolve();
  }

  /** Reads until the channel is closed by either side; does not fail for what the network does. */
  async serve(user: ChannelUser): Promise<void> {
    this.#user = user;
    try {
      while (this.#state.kind !== "closed" && !this.#hasHungUp) {
        await (this.#reading ?? this.#read());
        if (this.#state.kind === "open") await this.#takeAll(user);
        if (this.#state.kind === "ending") this.#frames.skip();
      }
      await this.#ended();
    } finally {
      this.close("the client hung up");
    }
  }

  /** Sends a frame behind all others, once transaction `gate` is durable. */
  push(frame: Uint8Array, gate: bigint, sinceMs: number): void {
    if (this.#state.kind !== "open") return;
    const waitingBefore = this.#outbox.waitingCount;
    this.#outbox.push(frame, { gate, durable: this.#gate.durableZxid, sinceMs });
    if (this.#outbox.waitingCount === waitingBefore) {
      this.#gate.send(this);
      this.#user?.sent(1, sinceMs);
      return;
    }
    this.#gate.outstanding++;
    this.#gate.wait(this);
  }

  /** Whether so much is unsent that the client has to be given up. */
  get isOverfull(): boolean {
    return this.#pendingBytes > MAX_PENDING_BYTES;
  }

  release(durableZxid: bigint): boolean {
    this.#outbox.release(durableZxid, (count, sinceMs) => {
      this.#gate.outstanding -= count;
      this.#user?.sent(count, sinceMs);
    });
    const isWaiting = this.#outbox.waitingCount > 0;
    // The client's time begins when there is something to be fetched.
    if (this.#state.kind === "ending" && !isWaiting) this.#beginEnding();
    this.#progressed();
    return isWaiting;
  }

  flush(): void {
    if (this.#sending !== undefined || this.#state.kind === "closed") return;
    if (this.#outbox.releasedBytes > 0 || this.#isAllSent) this.#sending = this.#send();
  }

  /** Sends what was pushed, then ends the connection; what the client says meanwhile is not heard. */
  end(): void {
    if (this.#state.kind !== "open") return;
    this.#beginEnding();
    this.#gate.send(this);
  }

  /** Ends the connection at once; only the first reason is kept. */
  close(reason: string): void {
    if (this.#state.kind === "closed") return;
    this.#state = { kind: "closed", reason };
    this.#gate.outstanding -= this.#outbox.waitingCount;
    this.#gate.remove(this);
    this.#outbox.clear();
    this.#progressed();
    this.#socket.close();
  }

  #beginEnding(): void {
    this.#state = { kind: "ending", sinceMs: performance.now() };
  }

  #read(): Promise<void> {
    this.#reading = this.#readOnce();
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const count = await this.#socket.read(this.#frames.space()).catch(() => null);
    this.#reading = undefined;
    if (count === null) this.#hasHungUp = true;
    else {
      this.#frames.received(count);
      if (this.#state.kind === "open") this.#user?.heard();
    }
    this.#progressed();
  }

  async #takeAll(user: ChannelUser): Promise<void> {
    try {
      let sliceEndMs = performance.now() + SLICE_MS;
      while (this.#state.kind === "open" && user.takeNext(this.#frames)) {
        if (!this.#isFull && performance.now() < sliceEndMs) continue;
        this.#gate.flush();
        if (this.#isFull) await this.#waitForRoom();
        else await nextTurn();
        sliceEndMs = performance.now() + SLICE_MS;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      user.misunderstood(error);
    }
    this.#gate.flush();
  }

  async #waitForRoom(): Promise<void> {
    while (this.#isFull && this.#state.kind === "open") {
      const mayRead = !this.#hasHungUp && this.#frames.untakenBytes < MAX_UNTAKEN_BYTES;
      if (this.#reading === undefined && mayRead) this.#read();
      await this.#nextProgress();
    }
  }

  /** The client has said its last word; if we have not, it may still be listening. */
  async #ended(): Promise<void> {
    while (this.#state.kind === "ending" && !this.#isAllSent) await this.#nextProgress();
  }

  async #send(): Promise<void> {
    try {
      while (this.#outbox.releasedBytes > 0) {
        const bytes = this.#outbox.take();
        this.#inFlightBytes = bytes.length;
        for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
        this.#inFlightBytes = 0;
        this.#outbox.recycle(bytes);
        this.#progressed();
      }
      // Bytes that nobody has read when a socket closes would take the last answer with them.
      if (this.#isAllSent) await this.#socket.closeWrite();
    } catch {
      this.close("the connection is broken");
    } finally {
      this.#sending = undefined;
    }
  }

  get #isAllSent(): boolean {
    return this.#state.kind === "ending" && this.#pendingBytes === 0;
  }

  get #pendingBytes(): number {
    return this.#outbox.pendingBytes + this.#inFlightBytes;
  }

  get #isFull(): boolean {
    return this.#pendingBytes > FULL_BYTES ||
      this.#outbox.waitingCount > 0 && this.#gate.isCongested;
  }

  #nextProgress(): Promise<void> {
    this.#progress ??= Promise.withResolvers<void>();
    return this.#progress.promise;
  }

  #progressed(): void {
    this.#progress?.resolve();
    this.#progress = undefined;
  }
}

/** Lets all others have their turn that have something to do. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
