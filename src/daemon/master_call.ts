import { withLimit } from "../async/abortable.ts";
import { formatHostPort, type HostPort } from "../config/host_port.ts";
import { call } from "../http/call.ts";

/** How long a master may take to answer. */
const LIMIT_MS = 1000;
/** A leader with 10,000 workers has much to tell. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** What a master says of itself at `/api/v1/status`: as JSON, in no form that can be relied on. */
export async function askStatus(
  { host, port }: HostPort,
  { limitMs: timeoutMs = LIMIT_MS, signal }: { limitMs?: number; signal: AbortSignal },
): Promise<unknown> {
  // Whoever can write to ZooKeeper wrote it.
  if (!/^[A-Za-z0-9._:-]{1,253}$/.test(host)) throw new Error("its host is no host");
  const name = formatHostPort({ host, port });
  const url = `http://${name}/api/v1/status`;
  const ask = (signal: AbortSignal) =>
    call(url, { method: "GET", maxBytes: MAX_ANSWER_BYTES, signal });
  return (await withLimit(ask, { act: `Asking ${name}`, timeoutMs, signal })).body;
}
