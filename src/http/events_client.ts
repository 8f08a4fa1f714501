import { AnySignal } from "../async/any_signal.ts";

/** One event of a stream, as text. */
export interface ReceivedEvent {
  event: string;
  /** Absent where it has none. */
  id?: string;
  data: string;
}

export interface ReceiveOptions {
  /** The last event that is known already. */
  lastEventId?: string;
  /** How long nothing at all may come, comments included. */
  idleMs: number;
  signal: AbortSignal;
}

/** What answers there has no stream of events. */
export class NoEventsError extends Error {
  override readonly name = "NoEventsError";
}

const MAX_LINE = 4 * 1024 * 1024;

/**
 * The events of a master, until its stream ends or the signal aborts. Not `fetch`, which goes through
 * any proxy that the environment names.
 * @throws {NoEventsError} if the answer is no stream of events
 */
export async function* receiveEvents(
  url: string,
  { lastEventId, idleMs, signal }: ReceiveOptions,
): AsyncGenerator<ReceivedEvent, void, void> {
  const idle = new AbortController();
  const silence = () => idle.abort(new Error(`Nothing came for ${idleMs} ms`));
  let timer = setTimeout(silence, idleMs);
  using either = new AnySignal([signal, idle.signal]);
  try {
    using connection = await open(new URL(url), lastEventId, either.signal);
    const onBytes = () => {
      clearTimeout(timer);
      timer = setTimeout(silence, idleMs);
    };
    const lines = linesOf(connection, onBytes);
    await checkHead(lines);
    yield* eventsOf(lines);
  } catch (error) {
    either.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Sends the request; the connection is closed when the signal aborts, which ends every read. */
async function open(
  { hostname: name, port, host, pathname }: URL,
  lastEventId: string | undefined,
  signal: AbortSignal,
): Promise<Disposable & { read(into: Uint8Array): Promise<number | null> }> {
  const hostname = name.replace(/^\[(.*)\]$/, "$1");
  const connection = await Deno.connect({ hostname, port: Number(port || 80), signal });
  let isOpen = true;
  const close = () => {
    if (isOpen) connection.close();
    isOpen = false;
  };
  signal.addEventListener("abort", close, { once: true });
  if (signal.aborted) close();
  const head = [
    `GET ${pathname} HTTP/1.0`,
    `host: ${host}`,
    "accept: text/event-stream",
    ...(lastEventId === undefined ? [] : [`last-event-id: ${lastEventId}`]),
  ];
  await connection.write(new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`));
  return {
    read: (into) => connection.read(into),
    [Symbol.dispose]() {
      signal.removeEventListener("abort", close);
      close();
    },
  };
}

/** The lines that arrive, without their ends; what comes behind the last end is dropped. */
async function* linesOf(
  connection: { read(into: Uint8Array): Promise<number | null> },
  onBytes: () => void,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  const piece = new Uint8Array(16 * 1024);
  let rest = "";
  while (true) {
    const count = await connection.read(piece);
    if (count === null) return;
    onBytes();
    const lines = (rest + decoder.decode(piece.subarray(0, count), { stream: true })).split(
      /\r?\n/,
    );
    rest = lines.pop()!;
    if (rest.length > MAX_LINE) throw new Error(`A line is longer than ${MAX_LINE} characters`);
    yield* lines;
  }
}

async function checkHead(lines: AsyncGenerator<string, void, void>): Promise<void> {
  const { value: first } = await lines.next();
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(first ?? "")?.[1];
  if (status === undefined) throw new NoEventsError("The answer is not HTTP");
  let isStream = false;
  for (let next = await lines.next(); next.value; next = await lines.next()) {
    isStream ||= /^content-type: *text\/event-stream/i.test(next.value);
  }
  if (status !== "200" || !isStream) {
    throw new NoEventsError(`The answer is no stream of events (HTTP ${status})`);
  }
}

async function* eventsOf(
  lines: AsyncIterable<string>,
): AsyncGenerator<ReceivedEvent, void, void> {
  let fields: Record<string, string> = {};
  for await (const line of lines) {
    if (line === "") {
      const { event = "message", id, data } = fields;
      if (data !== undefined) yield { event, data, ...(id === undefined ? {} : { id }) };
      fields = {};
      continue;
    }
    const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) fields[name] = value!;
  }
}
