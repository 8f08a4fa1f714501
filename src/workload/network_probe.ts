import { connect } from "./connect.ts";

const MAX_LINE_LENGTH = 64 * 1024;

/** Succeeds if somebody accepts a connection. */
export async function probeTcp(
  { host: hostname, port }: { host: string; port: number },
  signal: AbortSignal,
): Promise<void> {
  const connection = await connect({ hostname, port }, { signal });
  connection.close();
}

/**
 * Succeeds on an answer of 200 to 299; what comes after its first line is not read. Not `fetch`,
 * which goes through a proxy as soon as the environment names one.
 */
export async function probeHttp(url: string, signal: AbortSignal): Promise<void> {
  const target = new URL(url);
  const connection = await open(target, signal);
  using _ = closedBy(connection, signal);
  try {
    // Closing ends a handshake that waits, but not a write that waits for the handshake.
    if ("handshake" in connection) await connection.handshake();
    await writeAll(connection, requestBytes(target));
    requireSuccess(await readStatusLine(connection));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

async function open(target: URL, signal: AbortSignal): Promise<Deno.TcpConn | Deno.TlsConn> {
  const hostname = target.hostname.replace(/^\[(.*)\]$/, "$1");
  const isSecure = target.protocol === "https:";
  const port = Number(target.port || (isSecure ? 443 : 80));
  const connection = await connect({ hostname, port }, { signal });
  return isSecure ? await Deno.startTls(connection, { hostname }) : connection;
}

/** Closes the connection at the end of its scope, or as soon as the signal aborts. */
function closedBy(connection: Deno.Conn, signal: AbortSignal): Disposable {
  let isOpen = true;
  const close = () => {
    if (isOpen) connection.close();
    isOpen = false;
  };
  signal.addEventListener("abort", close, { once: true });
  if (signal.aborted) close();
  return {
    [Symbol.dispose]() {
      signal.removeEventListener("abort", close);
      close();
    },
  };
}

function requestBytes(target: URL): Uint8Array {
  const lines = [
    `GET ${target.pathname}${target.search} HTTP/1.1`,
    `host: ${target.host}`,
    "user-agent: masterd",
    "accept: */*",
    "connection: close",
    "",
    "",
  ];
  return new TextEncoder().encode(lines.join("\r\n"));
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await connection.write(bytes.subarray(written));
}

async function readStatusLine(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(4096);
  let text = "";
  while (!text.includes("\r\n") && text.length < MAX_LINE_LENGTH) {
    const count = await connection.read(chunk);
    if (count === null) break;
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
  }
  return text.split("\r\n", 1)[0]!;
}

function requireSuccess(statusLine: string): void {
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) throw new Error("The answer is not HTTP");
  if (!status.startsWith("2")) throw new Error(`The answer is ${status}`);
}
