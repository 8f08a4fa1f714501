import { type ClientOptions, type SessionEvent, ZooKeeper } from "../../../src/zookeeper/mod.ts";
import type { ConnectResponse } from "../../../src/zookeeper/wire/records.ts";
import type { FakeConnection, FakeServer } from "./fake_server.ts";

export interface OpenedSession extends AsyncDisposable {
  zk: ZooKeeper;
  /** The first connection, as the server sees it. */
  connection: FakeConnection;
  /** All that was told to `onEvent` so far. */
  events: SessionEvent[];
}

/**
 * A client that will connect to the servers, in the order in which they are named; closed without a
 * word to them.
 */
export function startSession(
  server: FakeServer | string,
  options: ClientOptions = {},
): Omit<OpenedSession, "connection"> {
  const events: SessionEvent[] = [];
  const address = typeof server === "string" ? server : server.address;
  const zk = unshuffled(() =>
    new ZooKeeper(address, {
      closeTimeoutMs: 0,
      onEvent: (event) => events.push(event),
      ...options,
    })
  );
  return { zk, events, [Symbol.asyncDispose]: () => zk.close() };
}

/** A client that is connected to the server. */
export async function openSession(
  server: FakeServer,
  options: ClientOptions & { chroot?: string; response?: Partial<ConnectResponse> } = {},
): Promise<OpenedSession> {
  const { chroot = "", response, ...rest } = options;
  const started = startSession(`${server.address}${chroot}`, rest);
  const connection = await server.establish(response);
  await started.zk.connected({ signal: AbortSignal.timeout(5000) });
  return { ...started, connection };
}

/** A number that is nearly 1 lets the shuffle leave each server where it is. */
function unshuffled<T>(create: () => T): T {
  const { random } = Math;
  Math.random = () => 0.999;
  try {
    return create();
  } finally {
    Math.random = random;
  }
}
