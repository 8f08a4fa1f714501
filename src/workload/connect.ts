import { lookup } from "node:dns";
import { abortable } from "../async/abortable.ts";
import { AnySignal } from "../async/any_signal.ts";

/**
 * Connects to whichever address of the name accepts first. `Deno.connect` alone would try only one of
 * them: `localhost` may be ::1, while a service listens on 127.0.0.1.
 */
export async function connect(
  { hostname, port }: { hostname: string; port: number },
  options: { signal: AbortSignal },
): Promise<Deno.TcpConn> {
  const { signal } = options;
  const addresses = await abortable(resolve(hostname), signal);
  const decided = new AbortController();
  using either = new AnySignal([signal, decided.signal]);
  const attempts = addresses.map((hostname) =>
    Deno.connect({ hostname, port, signal: either.signal })
  );
  const first = await Promise.any(attempts).catch((error: AggregateError) => error);
  decided.abort();
  const settled = await Promise.allSettled(attempts);
  for (const attempt of settled) {
    if (attempt.status === "fulfilled" && attempt.value !== first) attempt.value.close();
  }
  if (!(first instanceof Error)) return first;
  signal.throwIfAborted();
  throw first.errors[0];
}

function resolve(hostname: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, addresses) => {
      if (error !== null) reject(error);
      else resolve(addresses.map(({ address }) => address));
    });
  });
}
