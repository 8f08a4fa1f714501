import { lookup } from "node:dns";
import type { Server } from "./connect_string.ts";

/** An open stream of bytes to a server. */
export interface Socket {
  /** Bytes read, or null at the end of the stream; rejects once the socket is closed. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes, and tells how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes both directions; what waits is rejected. */
  close(): void;
}

/**
 * How a socket is opened: the place where TLS goes. `server.hostname` is an address by now, and
 * `serverName` the name it was found under.
 */
export type OpenSocket = (
  server: Server,
  options: { serverName: string; signal: AbortSignal },
) => Promise<Socket>;

/** The addresses of a name; asked anew at each attempt, since an ensemble may move (ZOOKEEPER-2184). */
export type ResolveHost = (hostname: string) => Promise<readonly string[]>;

/** Plain TCP without delay: a request is one small packet, and its answer is waited for. */
export const openTcpSocket: OpenSocket = async ({ hostname, port }, { signal }) => {
  signal.throwIfAborted();
  const giveUp = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Deno 2.9 loses a socket, and never closes it, that opens while its signal aborts: a turn of the event
  // loop lets through what has opened by then.
  const onAbort = () => {
    timer = setTimeout(() => giveUp.abort(signal.reason));
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const socket = await Deno.connect({ hostname, port, signal: giveUp.signal });
    if (signal.aborted) socket.close();
    signal.throwIfAborted();
    socket.setNoDelay(true);
    return socket;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
};

/**
 * All addresses of a name, in the order of the system's resolver. `Deno.connect` alone would try
 * the first one only, and a dead IPv6 route would hide a server that lives on IPv4.
 */
export const resolveHost: ResolveHost = (hostname) =>
  new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, addresses) => {
      if (error !== null) reject(error);
      else resolve(addresses.map(({ address }) => address));
    });
  });
