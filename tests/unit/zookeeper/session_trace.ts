import type { SessionEvent, SessionState, ZooKeeper } from "../../../src/zookeeper/mod.ts";
import { orAborted } from "../../../src/zookeeper/deadline.ts";

/** The kinds of state that a session goes through, the first included. */
export function traceStates(zk: ZooKeeper): SessionState["kind"][] {
  const kinds: SessionState["kind"][] = [zk.state.kind];
  zk.onStateChange((state) => kinds.push(state.kind));
  return kinds;
}

/** Resolves once the session is in a state of this kind; five seconds at most unless told. */
export async function reached<K extends SessionState["kind"]>(
  zk: ZooKeeper,
  kind: K,
  options: { limitMs?: number } = {},
): Promise<SessionState & { kind: K }> {
  const signal = AbortSignal.timeout(options.limitMs ?? 5000);
  while (zk.state.kind !== kind) {
    const changed = Promise.withResolvers<void>();
    const unsubscribe = zk.onStateChange(() => changed.resolve());
    await orAborted(changed.promise, signal).finally(unsubscribe);
  }
  return zk.state as SessionState & { kind: K };
}

/** Messages of the attempts that failed. */
export function failedAttempts(events: readonly SessionEvent[]): string[] {
  return events.flatMap((event) => event.kind === "attempt-failed" ? [event.error.message] : []);
}
