import { formatServer, type Server } from "./connect_string.ts";
import { ZkError } from "./errors.ts";
import { FrameWriter, writeAll } from "./frame_writer.ts";
import { type Call, failure, PendingCalls } from "./pending_calls.ts";
import { type Timing, timingOf } from "./timing.ts";
import type { Socket } from "./transport.ts";
import { ErrorCode, SpecialXid } from "./wire/constants.ts";
import { FrameSplitter, FrameTooLargeError } from "./wire/frame_splitter.ts";
import { JuteReader } from "./wire/jute_reader.ts";
import { JuteWriter } from "./wire/jute_writer.ts";
import { operations } from "./wire/operations.ts";
import {
  type ConnectRequest,
  connectRequest,
  type ConnectResponse,
  connectResponse,
  replyHeader,
  requestHeader,
  watcherEvent,
} from "./wire/records.ts";

/** Largest frames in bytes. The server refuses more than 1,048,575, but limits nothing it sends. */
export interface FrameLimits {
  maxRequestBytes: number;
  maxResponseBytes: number;
}

/** A notification of the server: the number of the event type and the server's path. */
export interface Notification {
  type: number;
  path: string;
}

const MAX_XID = 0x7fffffff;
const PING_HEADER = { xid: SpecialXid.ping, operation: operations.ping.code };

/**
 * One TCP connection of a session: frames, order of replies, pings, silence. It begins with the
 * handshake and ends once; what was under way then fails with ConnectionLoss.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #server: Server;
  readonly #limits: FrameLimits;
  readonly #splitter: FrameSplitter;
  readonly #onNotification: (notification: Notification) => void;
  readonly #ended = Promise.withResolvers<Error>();
  readonly #pending = new PendingCalls();
  readonly #writer: FrameWriter;
  #endReason: Error | undefined;
  #timing: Timing | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastHeardAt = performance.now();
  #lastSentAt = performance.now();
  #nextXid = 1;
  #lastZxid: bigint;

  constructor(
    socket: Socket,
    options: {
      server: Server;
      limits: FrameLimits;
      lastZxid: bigint;
      onNotification: (notification: Notification) => void;
    },
  ) {
    this.#socket = socket;
    this.#server = options.server;
    this.#limits = options.limits;
    this.#lastZxid = options.lastZxid;
    this.#onNotification = options.onNotification;
    this.#splitter = new FrameSplitter(options.limits.maxResponseBytes);
    this.#writer = new FrameWriter(socket, (error) => this.end(asError(error)));
  }

  /** Resolves with the reason when the connection is over. */
  get ended(): Promise<Error> {
    return this.#ended.promise;
  }

  /** The newest transaction seen in a reply; a server that knows less must not be moved to. */
  get lastZxid(): bigint {
    return this.#lastZxid;
  }

  /** Sends the ConnectRequest and takes the answer; on abort the connection ends. */
  async handshake(request: ConnectRequest, signal: AbortSignal): Promise<ConnectResponse> {
    const abort = () => this.end(asError(signal.reason));
    signal.addEventListener("abort", abort, { once: true });
    try {
      signal.throwIfAborted();
      const writer = new JuteWriter();
      connectRequest.write(writer, request);
      await writeAll(this.#socket, writer.finishFrame());
      return connectResponse.read(new JuteReader(await this.#firstFrame()));
    } catch (error) {
      this.end(asError(error));
      throw this.#endReason;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** Begins to read replies and to watch for silence; call once, after the handshake. */
  start(negotiatedTimeoutMs: number): void {
    this.#timing = timingOf(negotiatedTimeoutMs);
    this.#lastHeardAt = performance.now();
    this.#tend();
    this.#readReplies().catch((error) => this.end(asError(error)));
  }

  /** Sends a request; the promise settles with its reply, or with ConnectionLoss. */
  call<Request, Response>(call: Call<Request, Response>): Promise<Response> {
    if (this.#endReason !== undefined) {
      return Promise.reject(failure(call, "ConnectionLoss", this.#endReason));
    }
    const { operation, path, body } = call;
    const xid = call.specialXid ?? this.#takeXid();
    const writer = new JuteWriter();
    requestHeader.write(writer, { xid, operation: operation.code });
    operation.request.write(writer, body);
    const { payloadLength } = writer;
    if (payloadLength > this.#limits.maxRequestBytes) {
      const detail = `${payloadLength} bytes, the limit is ${this.#limits.maxRequestBytes}`;
      return Promise.reject(
        new ZkError("RequestTooLarge", { operation: operation.name, path, detail }),
      );
    }
    const reply = this.#pending.add(xid, call);
    this.#send(writer.finishFrame());
    return reply;
  }

  /** Ends the connection for a reason; only the first reason counts. */
  end(reason: Error): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    clearTimeout(this.#timer);
    this.#socket.close();
    // First the session learns of it, then those who wait: they find it suspended, not connected.
    this.#ended.resolve(reason);
    this.#pending.failAll("ConnectionLoss", reason);
  }

  async #firstFrame(): Promise<Uint8Array> {
    while (true) {
      const frame = this.#splitter.next();
      if (frame !== undefined) return frame;
      if (!await this.#receive()) {
        throw new Error(
          `Server ${formatServer(this.#server)} closed the connection without an answer: ` +
            `it has no quorum, too many connections, or is behind zxid 0x${
              this.#lastZxid.toString(16)
            }`,
        );
      }
    }
  }

  async #readReplies(): Promise<void> {
    while (true) {
      for (let frame = this.#nextFrame(); frame !== undefined; frame = this.#nextFrame()) {
        this.#take(new JuteReader(frame));
      }
      if (!await this.#receive()) {
        throw new Error(`Server ${formatServer(this.#server)} closed the connection`);
      }
    }
  }

  async #receive(): Promise<boolean> {
    const count = await this.#socket.read(this.#splitter.space());
    if (count === null) return false;
    this.#lastHeardAt = performance.now();
    this.#splitter.received(count);
    return true;
  }

  #nextFrame(): Uint8Array | undefined {
    try {
      return this.#splitter.next();
    } catch (error) {
      if (error instanceof FrameTooLargeError) this.#refuseReply(error);
      throw error;
    }
  }

  // Without this the request would fail as ConnectionLoss, be repeated, and end the next connection.
  #refuseReply(error: FrameTooLargeError): void {
    const { buffer, byteOffset } = error.payloadStart;
    this.#pending.failNext(new DataView(buffer, byteOffset).getInt32(0), "ResponseTooLarge", error);
  }

  #take(reader: JuteReader): void {
    const header = replyHeader.read(reader);
    if (header.xid === SpecialXid.ping) return;
    if (header.xid === SpecialXid.notification) {
      return this.#onNotification(watcherEvent.read(reader));
    }
    if (header.error === ErrorCode.SessionMoved) this.#refuseMoved();
    this.#pending.settle(header, reader);
    if (header.xid > 0 && header.zxid > this.#lastZxid) this.#lastZxid = header.zxid;
  }

  // A server that was slow has taken the session up late, for a connection that we had given up, and the
  // leader believes it (ZOOKEEPER-710, ZOOKEEPER-2886): nothing is written here any more, whatever is asked.
  // Most often the server hangs up itself; a reply was seen with 3.8.0.
  #refuseMoved(): never {
    throw new Error(`Server ${formatServer(this.#server)} says that the session has moved`);
  }

  #send(frame: Uint8Array<ArrayBuffer>): void {
    this.#lastSentAt = performance.now();
    this.#writer.send(frame);
  }

  // Runs when the next ping or the end of patience is due; the time is looked at, not assumed, since
  // a stopped process wakes up late.
  #tend(): void {
    if (this.#timing === undefined || this.#endReason !== undefined) return;
    const { readTimeoutMs, pingAfterMs } = this.#timing;
    const now = performance.now();
    const silentMs = now - this.#lastHeardAt;
    if (silentMs >= readTimeoutMs) {
      const server = formatServer(this.#server);
      return this.end(new Error(`Server ${server} was silent for ${Math.round(silentMs)} ms`));
    }
    if (now - this.#lastSentAt >= pingAfterMs) this.#ping();
    const untilPingMs = pingAfterMs - (now - this.#lastSentAt);
    const dueMs = Math.min(readTimeoutMs - silentMs, Math.max(untilPingMs, 1));
    this.#timer = setTimeout(() => this.#tend(), Math.ceil(dueMs));
  }

  #ping(): void {
    const writer = new JuteWriter(16);
    requestHeader.write(writer, PING_HEADER);
    this.#send(writer.finishFrame());
  }

  #takeXid(): number {
    const xid = this.#nextXid;
    this.#nextXid = nextXid(xid);
    return xid;
  }
}

/** The xid of the request after this one: below zero lie the special ones (ZOOKEEPER-3253). */
export function nextXid(xid: number): number {
  return xid === MAX_XID ? 1 : xid + 1;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}
