import { delay } from "../../async/delay.ts";
import { Channel, END_LIMIT_MS } from "./channel.ts";
import { Connection } from "./connection.ts";
import { peerOf } from "./peer.ts";
import type { ServerParts } from "./server_parts.ts";

/** How long a client may take for its handshake, as ZooKeeper's sessionlessCnxnTimeout. */
const HANDSHAKE_LIMIT_MS = 10_000;
const LOOK_INTERVAL_MS = 1000;
/** After a connection could not be taken, as when no file is left to be opened. */
const ACCEPT_PAUSE_MS = 100;

/** Takes the connections of clients, as many as may come, and ends those that lead to nothing. */
export class Reception {
  readonly #parts: ServerParts;
  readonly #connections: Set<Connection>;
  /** Sockets, also those of connections that are closed and cannot be given back yet. */
  readonly #countByHost = new Map<string, number>();
  #count = 0;
  readonly #serving = new Set<Promise<void>>();
  readonly #fail: (error: unknown) => void;

  /** `fail` is told what must not happen while a client is served. */
  constructor(
    parts: ServerParts,
    options: { connections: Set<Connection>; fail: (error: unknown) => void },
  ) {
    this.#parts = parts;
    this.#connections = options.connections;
    this.#fail = options.fail;
  }

  /** Takes connections until the signal aborts; then the listener is closed. */
  async accept(listener: Deno.TcpListener, signal: AbortSignal): Promise<void> {
    const close = () => listener.close();
    signal.addEventListener("abort", close, { once: true });
    try {
      while (!signal.aborted) {
        const socket = await listener.accept().catch((error) => {
          if (!signal.aborted) this.#parts.clientLog.warn("cannot take a connection", { error });
        });
        if (socket !== undefined) this.#take(socket);
        else if (!signal.aborted) await delay(ACCEPT_PAUSE_MS, { signal });
      }
    } finally {
      signal.removeEventListener("abort", close);
      if (!signal.aborted) listener.close();
    }
  }

  /** Ends connections that took too long to begin or to end, until the signal aborts. */
  async endIdle(signal: AbortSignal): Promise<void> {
    while (true) {
      await delay(LOOK_INTERVAL_MS, { signal });
      const nowMs = performance.now();
      for (const { channel, session } of this.#connections) {
        const { state, openedAtMs, waitingCount } = channel;
        // Whoever waits for the disk is not late.
        if (waitingCount > 0) continue;
        if (state.kind === "ending" && nowMs - state.sinceMs > END_LIMIT_MS) {
          channel.close("the client does not hang up");
        } else if (session === undefined && nowMs - openedAtMs > HANDSHAKE_LIMIT_MS) {
          channel.close("the handshake took too long");
        }
      }
    }
  }

  /** Sends what may be sent, within the limit, and closes all connections. */
  async end(options: { withinMs: number }): Promise<void> {
    for (const { channel } of this.#connections) channel.end();
    this.#parts.gate.flush();
    const limit = setTimeout(() => this.close(), options.withinMs);
    await Promise.all(this.#serving);
    clearTimeout(limit);
  }

  /** Closes all connections at once: what became of their requests is not told. */
  close(): void {
    for (const { channel } of this.#connections) channel.close("the server stops");
  }

  #take(socket: Deno.TcpConn): void {
    const peer = peerOf(socket.remoteAddr as Deno.NetAddr);
    const ofHost = this.#countByHost.get(peer.host) ?? 0;
    const limit = this.#limitReached(ofHost);
    if (limit !== undefined) {
      this.#parts.statistics.rejectedConnections++;
      this.#parts.clientLog.warn("too many connections", { client: peer.host, ...limit });
      return socket.close();
    }
    socket.setNoDelay(true);
    const { gate, settings: { maxFrameBytes } } = this.#parts;
    const connection = new Connection(
      new Channel({ socket, peer, maxFrameBytes, gate }),
      this.#parts,
    );
    this.#countByHost.set(peer.host, ofHost + 1);
    this.#count++;
    this.#connections.add(connection);
    const serving: Promise<void> = connection.serve().catch(this.#fail).finally(() => {
      this.#serving.delete(serving);
      this.#connections.delete(connection);
      // Nobody waits for it: a client that does not read must not hold up the end of the server.
      connection.channel.released.finally(() => this.#forget(peer.host));
    });
    this.#serving.add(serving);
  }

  /** The setting of zoo.cfg that lets no more in. */
  #limitReached(ofHost: number): { limit: string; value: number } | undefined {
    const { maxConnectionsPerAddress, maxConnections } = this.#parts.settings;
    if (maxConnections > 0 && this.#count >= maxConnections) {
      return { limit: "maxCnxns", value: maxConnections };
    }
    if (maxConnectionsPerAddress > 0 && ofHost >= maxConnectionsPerAddress) {
      return { limit: "maxClientCnxns", value: maxConnectionsPerAddress };
    }
    return undefined;
  }

  #forget(host: string): void {
    this.#count--;
    const ofHost = this.#countByHost.get(host)! - 1;
    if (ofHost === 0) this.#countByHost.delete(host);
    else this.#countByHost.set(host, ofHost);
  }
}
