import { lookup } from "node:dns";
import { abortable, withLimit } from "../../async/abortable.ts";
import { Connection } from "./connection.ts";
import type { ProgressWatch } from "./progress_watch.ts";
import { systemCertificates } from "./system_certificates.ts";

/**
 * Connects to the server of a URL: its addresses are tried in turn, and share the time limit, so that one
 * that swallows packets does not hide the others.
 */
export async function openConnection(url: URL, watch: ProgressWatch): Promise<Connection> {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const isSecure = url.protocol === "https:";
  const port = Number(url.port || (isSecure ? 443 : 80));
  const addresses = await abortable(addressesOf(hostname), watch.signal);
  const timeoutMs = watch.limitMs / addresses.length;
  let failure: unknown;
  for (const address of addresses) {
    watch.moved();
    try {
      const socket = await connectTcp({ hostname: address, port }, { timeoutMs, watch });
      watch.moved();
      return isSecure ? await secure(socket, hostname, watch) : new Connection(socket, watch);
    } catch (error) {
      watch.signal.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}

function addressesOf(hostname: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, addresses) => {
      if (error !== null) reject(error);
      else resolve(addresses.map(({ address }) => address));
    });
  });
}

async function connectTcp(
  server: { hostname: string; port: number },
  { timeoutMs, watch }: { timeoutMs: number; watch: ProgressWatch },
): Promise<Deno.TcpConn> {
  const act = `Connecting to ${server.hostname}`;
  let opened: Deno.TcpConn | undefined;
  try {
    return await withLimit(async (signal) => {
      const socket = await Deno.connect({ ...server, signal });
      // Head and body are written one after the other; Nagle's algorithm would hold the second back.
      socket.setNoDelay(true);
      if (signal.aborted) socket.close();
      else opened = socket;
      return socket;
    }, { act, timeoutMs, signal: watch.signal });
  } catch (error) {
    // The wait may end between the opening of a socket and us, who are then not given it.
    opened?.close();
    throw error;
  }
}

async function secure(
  socket: Deno.TcpConn,
  hostname: string,
  watch: ProgressWatch,
): Promise<Connection> {
  const caCerts = await systemCertificates();
  const tls = await Deno.startTls(socket, { hostname, caCerts: [...caCerts] });
  const connection = new Connection(tls, watch);
  try {
    await tls.handshake();
    watch.moved();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
