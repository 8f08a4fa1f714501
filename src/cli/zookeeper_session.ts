import { type SessionEvent, ZooKeeper } from "zookeeper";
import { withLimit } from "../async/abortable.ts";
import type { ZooKeeperConfiguration } from "../config/configuration.ts";
import { clientOptions } from "../daemon/high_availability/zookeeper_access.ts";
import { describeError } from "../log/logger.ts";
import { StateError } from "../state/errors.ts";

/** How long to try to reach ZooKeeper. */
const CONNECT_LIMIT_MS = 10_000;

/**
 * Opens a session with ZooKeeper for one command.
 * @throws {StateError} `unavailable`
 */
export async function openZooKeeper(
  zookeeper: ZooKeeperConfiguration,
  { signal, limitMs = CONNECT_LIMIT_MS }: { signal: AbortSignal; limitMs?: number },
): Promise<ZooKeeper> {
  const { quorum } = zookeeper;
  let lastError = "";
  const onEvent = (event: SessionEvent) => {
    if (event.kind === "attempt-failed") lastError = `: ${describeError(event.error)}`;
  };
  const zk = new ZooKeeper(quorum, { ...clientOptions(zookeeper), onEvent });
  try {
    await withLimit((limited) => zk.connected({ signal: limited }), {
      act: "Connecting",
      timeoutMs: Math.min(limitMs, CONNECT_LIMIT_MS),
      signal,
    });
    return zk;
  } catch (cause) {
    await zk.close({ limitMs: 0 });
    signal.throwIfAborted();
    const message = `Cannot reach ZooKeeper at ${quorum}${lastError}`;
    throw new StateError("unavailable", message, { cause });
  }
}
