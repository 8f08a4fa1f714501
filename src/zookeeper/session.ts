import {
  attach,
  type Attachment,
  authenticationChannel,
  restoreWatches,
  UnansweredError,
} from "./attach.ts";
import type { Connection } from "./connection.ts";
import { formatServer, type Server } from "./connect_string.ts";
import { orAborted, pause, withinLimit } from "./deadline.ts";
import { isZkError, ZkError } from "./errors.ts";
import { HostList } from "./host_list.ts";
import type { Call } from "./pending_calls.ts";
import { probe } from "./probe.ts";
import { untilAnswered } from "./retry.ts";
import { NEW_SESSION, type SessionCredentials, type SessionOptions } from "./session_options.ts";
import {
  endError,
  isFinal,
  nextState,
  type SessionChange,
  type SessionState,
} from "./session_state.ts";
import { connectTimeoutOf, reconnectPauseMs } from "./timing.ts";
import { operations } from "./wire/operations.ts";
import type { ConnectResponse } from "./wire/records.ts";

/** A request whose wait the caller can end. */
export type SessionCall<Request, Response> = Call<Request, Response> & { signal?: AbortSignal };

// Java closes its batches at 128 KiB, far below what a server takes, to leave room for the rest.
const MAX_WATCH_BATCH_BYTES = 128 * 1024;

/** A connection that lived for so long was a good one: the next attempt is made without a pause. */
const STABLE_AFTER_MS = 1000;

/** One session, over as many connections as it takes, until it expires or is closed. */
export class Session {
  readonly #options: SessionOptions;
  readonly #hosts: HostList;
  readonly #stop = new AbortController();
  readonly #finished: Promise<void>;
  readonly #listeners = new Set<(state: SessionState) => void>();
  #state: SessionState = { kind: "connecting" };
  #credentials: SessionCredentials;
  #connection: Connection | undefined;
  #lastZxid = 0n;
  #closing: Promise<void> | undefined;
  /** The last attempt that a server took was not answered. */
  #isUnanswered = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#credentials = options.credentials ?? NEW_SESSION;
    this.#hosts = new HostList(options.servers);
    this.#finished = this.#run();
  }

  get state(): SessionState {
    return this.#state;
  }

  get credentials(): SessionCredentials {
    return this.#credentials;
  }

  /** The session timeout that the server granted last, or what will be asked for. */
  get #timeoutMs(): number {
    if (this.#state.kind === "suspended") return this.#state.negotiatedTimeoutMs;
    return this.#options.sessionTimeoutMs;
  }

  /** Calls the listener on each change of state, until the returned function is called. */
  onStateChange(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves once connected; rejects when the session ends first or the signal aborts. */
  async connected(what: { operation: string; path?: string }, signal: AbortSignal): Promise<void> {
    while (this.#state.kind !== "connected") {
      if (isFinal(this.#state)) throw endError(this.#state, what);
      await this.#stateChange(signal);
    }
  }

  /**
   * Sends a request, at once if connected, so that requests leave in the order in which they are
   * made. While the connection is away it waits, unsent, for at most the session timeout.
   */
  async call<Request, Response>(call: SessionCall<Request, Response>): Promise<Response> {
    const { signal } = call;
    signal?.throwIfAborted();
    const what = { operation: call.operation.name, path: call.path };
    // A session that is over may still have its connection, and would lose the request with it.
    if (isFinal(this.#state)) throw endError(this.#state, what);
    if (this.#connection === undefined) await this.#waitToSend(what, signal);
    if (this.#connection === undefined) {
      throw new ZkError("ConnectionLoss", { ...what, detail: "not sent" });
    }
    return await orAborted(this.#connection.call(call), signal);
  }

  /** Gives up the connection, if there is one, for another; what is under way on it is lost. */
  reconnect(reason: Error): void {
    this.#connection?.end(reason);
  }

  /**
   * Ends the session at the server, which removes its ephemeral nodes at once. If the server cannot
   * be reached within `limitMs` the session is abandoned and expires there. Never throws.
   */
  close(limitMs: number): Promise<void> {
    this.#closing ??= this.#close(limitMs);
    return this.#closing;
  }

  async #close(limitMs: number): Promise<void> {
    const isKnownToServer = this.#credentials.id !== 0n && !isFinal(this.#state);
    if (isKnownToServer) await this.#tellServer(limitMs);
    this.#change({ kind: "closed" });
    this.#stop.abort();
    await this.#finished;
  }

  async #tellServer(limitMs: number): Promise<void> {
    const operation = operations.closeSession;
    const reason = new Error(`The server did not take the end of the session within ${limitMs} ms`);
    const limit = { ms: limitMs, reason, signal: this.#stop.signal };
    // The server hangs up behind its answer, and that is no lost connection.
    const onReply = (error: number) => {
      if (error === 0) this.#change({ kind: "closed" });
    };
    try {
      await withinLimit(limit, (signal) => {
        const call = { operation, body: undefined, signal, onReply };
        return untilAnswered(() => this.call(call), { signal });
      });
    } catch (error) {
      if (isZkError(error, "SessionExpired")) return;
      this.#options.onEvent({ kind: "close-failed", error: asError(error) });
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let attempts = 0;
    while (!isFinal(this.#state)) {
      const sessionTimeoutMs = this.#timeoutMs;
      await pause(reconnectPauseMs(attempts, this.#hosts.size, { sessionTimeoutMs }), signal);
      if (signal.aborted) return;
      const livedMs = await this.#useOneConnection(this.#hosts.take(), signal);
      attempts = livedMs >= STABLE_AFTER_MS ? 0 : attempts + 1;
    }
  }

  /** Connects once and stays until that connection is over; tells for how long it was of use. */
  async #useOneConnection(server: Server, signal: AbortSignal): Promise<number> {
    const connection = await this.#establish(server, signal).catch((error) => {
      if (!signal.aborted) this.#attemptFailed(server, asError(error));
    });
    if (connection === undefined) return 0;
    const connectedAt = performance.now();
    const error = await connection.ended;
    this.#connection = undefined;
    this.#lastZxid = connection.lastZxid;
    this.#change({ kind: "detached" });
    if (!isFinal(this.#state)) {
      this.#options.onEvent({ kind: "connection-lost", server: formatServer(server), error });
    }
    return performance.now() - connectedAt;
  }

  async #establish(server: Server, signal: AbortSignal): Promise<Connection | undefined> {
    const attachment = this.#attachment(server, signal);
    await this.#probe(attachment);
    const { connection, response, sentAt } = await attach(attachment);
    this.#isUnanswered = false;
    const end = () => connection.end(new Error("The session was closed"));
    signal.addEventListener("abort", end, { once: true });
    connection.ended.then(() => signal.removeEventListener("abort", end));
    try {
      signal.throwIfAborted();
      if (!this.#isOurs(response)) return this.#expire(connection);
      const { sessionId: id, password } = response;
      this.#credentials = { id, password: password ?? NEW_SESSION.password };
      connection.start(response.timeoutMs);
      await this.#prepare(connection);
      signal.throwIfAborted();
    } catch (error) {
      connection.end(asError(error));
      throw error;
    }
    this.#connection = connection;
    this.#change({
      kind: "attached",
      sessionId: response.sessionId,
      negotiatedTimeoutMs: response.timeoutMs,
      server: formatServer(server),
      attachSentAt: sentAt,
    });
    return connection;
  }

  /**
   * Makes sure that answers come back, where the last attempt got none. What is sent for the session
   * may reach a server all the same, and would renew it there, with its ephemeral nodes, for as long
   * as nobody here can use it.
   */
  async #probe(attachment: Attachment): Promise<void> {
    if (!this.#isUnanswered || this.#credentials.id === 0n) return;
    await probe(attachment);
    this.#isUnanswered = false;
  }

  #attachment(server: Server, signal: AbortSignal): Attachment {
    const { connectTimeoutMs, sessionTimeoutMs, limits, openSocket, resolveHost, onNotification } =
      this.#options;
    const { id, password } = this.#credentials;
    const shareMs = connectTimeoutOf(this.#timeoutMs, this.#hosts.size);
    return {
      server,
      request: {
        protocolVersion: 0,
        lastZxidSeen: this.#lastZxid,
        // Asked for anew each time: the server negotiates each connection by itself.
        timeoutMs: sessionTimeoutMs,
        sessionId: id,
        password,
        isReadOnlyAllowed: false,
      },
      limitMs: Math.min(connectTimeoutMs, shareMs),
      limits,
      openSocket,
      resolveHost,
      onNotification,
      signal,
    };
  }

  // A server answers an unknown session with a timeout of 0; ClickHouse Keeper hands out another one.
  #isOurs(response: ConnectResponse): boolean {
    const { id } = this.#credentials;
    if (id !== 0n) return response.timeoutMs > 0 && response.sessionId === id;
    if (response.timeoutMs <= 0) throw new Error("The server refused to open a session");
    return true;
  }

  #expire(connection: Connection): undefined {
    this.#change({ kind: "expired", sessionId: this.#credentials.id });
    connection.end(new Error("The session expired"));
  }

  // Nothing else may be under way while a session authenticates (ZOOKEEPER-3937).
  async #prepare(connection: Connection): Promise<void> {
    const channel = authenticationChannel(connection);
    const lost = connection.ended.then((error) => Promise.reject(error));
    lost.catch(() => {});
    for (const authentication of this.#options.authentications) {
      // One that does not heed the end of its connection must not hold up the session.
      await Promise.race([authentication.authenticate(channel), lost]);
    }
    const { limits, watches } = this.#options;
    // A batch that is refused on this side would be refused again on every other connection.
    const batches = watches.batches(Math.min(MAX_WATCH_BATCH_BYTES, limits.maxRequestBytes / 2));
    await restoreWatches(connection, batches, this.#lastZxid);
  }

  #attemptFailed(server: Server, error: Error): void {
    if (isZkError(error, "AuthFailed", "SessionClosedRequireSaslAuth")) {
      return this.#change({ kind: "auth-failed", cause: error });
    }
    this.#isUnanswered ||= error instanceof UnansweredError;
    this.#options.onEvent({ kind: "attempt-failed", server: formatServer(server), error });
  }

  async #waitToSend(
    what: { operation: string; path?: string },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const ms = this.#timeoutMs;
    const reason = new ZkError("ConnectionLoss", {
      ...what,
      detail: `not sent: no connection for ${ms} ms`,
    });
    await withinLimit({ ms, reason, signal }, (limit) => this.connected(what, limit));
  }

  #change(change: SessionChange): void {
    const next = nextState(this.#state, change);
    if (next === this.#state) return;
    this.#state = next;
    this.#options.onEvent({ kind: "state", state: next });
    for (const listener of [...this.#listeners]) listener(next);
  }

  #stateChange(signal: AbortSignal): Promise<void> {
    const changed = Promise.withResolvers<void>();
    const unsubscribe = this.onStateChange(() => changed.resolve());
    return orAborted(changed.promise, signal).finally(unsubscribe);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error });
}
