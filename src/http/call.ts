const MAX_ANSWER_BYTES = 1024 * 1024;

export interface CallOptions {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON. */
  body?: unknown;
  /** Shown to the node that is called. */
  token?: string;
  /** The longest answer that is taken; 1 MiB unless told. */
  maxBytes?: number;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  /** The body as JSON; undefined if it is none. */
  body: unknown;
}

/**
 * Calls another node of the cluster. Not `fetch`, which goes through a proxy as soon as the
 * environment of the login shell names one, and then reaches no node.
 */
export async function call(url: string, options: CallOptions): Promise<Answer> {
  const { signal } = options;
  signal.throwIfAborted();
  const target = new URL(url);
  const hostname = target.hostname.replace(/^\[(.*)\]$/, "$1");
  const connection = await Deno.connect({ hostname, port: Number(target.port || 80), signal });
  const close = () => connection.close();
  signal.addEventListener("abort", close, { once: true });
  // The signal may have aborted between the connection and us, and then tells nobody any more.
  if (signal.aborted) close();
  try {
    await writeAll(connection, requestBytes(target, options));
    return parseAnswer(await readToEnd(connection, options.maxBytes ?? MAX_ANSWER_BYTES));
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) close();
  }
}

// HTTP/1.0: the answer ends with the connection and is never chunked.
function requestBytes(target: URL, options: CallOptions): Uint8Array {
  const body = options.body === undefined ? "" : JSON.stringify(options.body);
  const bodyBytes = new TextEncoder().encode(body);
  const head = [
    `${options.method} ${target.pathname}${target.search} HTTP/1.0`,
    `host: ${target.host}`,
    "accept: application/json",
    ...(options.token === undefined ? [] : [`authorization: Bearer ${options.token}`]),
    "content-type: application/json",
    `content-length: ${bodyBytes.length}`,
    "",
    "",
  ].join("\r\n");
  const headBytes = new TextEncoder().encode(head);
  const all = new Uint8Array(headBytes.length + bodyBytes.length);
  all.set(headBytes);
  all.set(bodyBytes, headBytes.length);
  return all;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await connection.write(bytes.subarray(written));
}

async function readToEnd(connection: Deno.Conn, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(16 * 1024);
  let text = "";
  let length = 0;
  while (true) {
    const count = await connection.read(chunk);
    if (count === null) return text + decoder.decode();
    length += count;
    if (length > maxBytes) throw new Error(`The answer is longer than ${maxBytes} bytes`);
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
  }
}

/** Takes an HTTP answer apart: the status, and the body if it is JSON. */
export function parseAnswer(text: string): Answer {
  const status = /^HTTP\/1\.[01] (\d{3})(?: |\r\n)/.exec(text)?.[1];
  const headEnd = text.indexOf("\r\n\r\n");
  if (status === undefined || headEnd < 0) throw new Error("The answer is not HTTP");
  return { status: Number(status), body: parseJson(text.slice(headEnd + 4)) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
