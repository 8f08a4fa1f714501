import { connect } from "../../workload/connect.ts";

const MAX_ANSWER_BYTES = 64 * 1024;

/** Asks a ZooKeeper server one of its words, for example `srvr`, and returns what it says until it hangs up. */
export async function askServer(
  server: { hostname: string; port: number },
  word: string,
  { signal }: { signal: AbortSignal },
): Promise<string> {
  const connection = await connect(server, { signal });
  const close = () => connection.close();
  signal.addEventListener("abort", close, { once: true });
  // The signal may have aborted between the connection and us, and then tells nobody any more.
  if (signal.aborted) close();
  try {
    await connection.write(new TextEncoder().encode(word));
    return await readToEnd(connection);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) close();
  }
}

async function readToEnd(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(4096);
  let text = "";
  for (let length = 0; length <= MAX_ANSWER_BYTES;) {
    const count = await connection.read(chunk);
    if (count === null) return text + decoder.decode();
    length += count;
    text += decoder.decode(chunk.subarray(0, count), { stream: true });
  }
  throw new Error(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
}
