import {
  OPEN_ACL,
  type SessionState,
  type Watcher,
  ZkError,
  type ZkErrorCode,
  type ZooKeeper,
} from "zookeeper";
import type { Hold } from "../../../src/election/heartbeat.ts";
import { LatchLeadership } from "../../../src/election/latch_leadership.ts";
import { electionLayout } from "../../../src/election/layout.ts";
import { createLogger } from "../../../src/log/logger.ts";

export const NODE = { name: "latch-1", path: "/latch/latch-1", czxid: 3n };
export const SESSION_ID = 7n;
export const SUSPENDED = {
  kind: "suspended",
  sessionId: SESSION_ID,
  negotiatedTimeoutMs: 4000,
} as const;
export const CONNECTED = {
  ...SUSPENDED,
  kind: "connected",
  server: "a:1",
  attachSentAt: 0,
} as const;
const signal = new AbortController().signal;

/** A server whose latch node is there or not; as on a real one, only `exists` watches what is not. */
class FakeZooKeeper {
  readonly credentials = { id: SESSION_ID };
  readonly watchers: Watcher[] = [];
  readonly listeners = new Set<(state: SessionState) => void>();
  state: SessionState = CONNECTED;
  hasNode = true;
  stat = { ephemeralOwner: SESSION_ID, czxid: NODE.czxid };

  onStateChange(listener: (state: SessionState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  change(state: SessionState): void {
    this.state = state;
    for (const listener of [...this.listeners]) listener(state);
  }

  exists(_path: string, { watch }: { watch: Watcher }): Promise<undefined> {
    this.watchers.push(watch);
    return Promise.resolve(undefined);
  }

  async getData(path: string, { watch }: { watch: Watcher }): Promise<unknown> {
    await Promise.resolve();
    if (!this.hasNode) throw new ZkError("NoNode", { operation: "getData", path });
    this.watchers.push(watch);
    return { stat: this.stat };
  }
}

/** A heartbeat whose deadline the test moves. */
class FakeHeartbeat {
  readonly renewals = new Set<() => void>();
  held: Hold | undefined;
  deadlineMs = 1000;
  refusal: ZkErrorCode | undefined;
  /** What happens while the proof is under way. */
  onProve: () => void = () => {};

  deadline(): number {
    return this.deadlineMs;
  }

  onRenewal(listener: () => void): () => void {
    this.renewals.add(listener);
    return () => this.renewals.delete(listener);
  }

  renew(deadlineMs: number): void {
    this.deadlineMs = deadlineMs;
    for (const listener of [...this.renewals]) listener();
  }

  hold(hold: Hold): () => void {
    this.held = hold;
    return () => this.held = undefined;
  }

  async prove(): Promise<void> {
    await Promise.resolve();
    this.onProve();
    if (this.refusal !== undefined) throw new ZkError(this.refusal, { operation: "multi" });
  }
}

/** A candidate whose turn has come; nothing of it is left behind when it is disposed of. */
export function candidate({ tolerateSuspendedConnections = true } = {}) {
  const fake = new FakeZooKeeper();
  const heartbeat = new FakeHeartbeat();
  const clock = { now: 0 };
  const zk = fake as unknown as ZooKeeper;
  const layout = electionLayout("/cluster");
  const leadership = new LatchLeadership({
    publisher: { zk, layout, acl: OPEN_ACL, latchPath: NODE.path },
    node: NODE,
    heartbeat,
    switchover: {
      handover: signal,
      leads: () => {},
      published: () => {},
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    tolerateSuspendedConnections,
    version: "1",
    logger: createLogger("test", { write: () => {} }),
    stopping: signal,
    now: () => clock.now,
  });
  // A leadership that is over has no timer, which a test must not leave behind.
  const end = () => heartbeat.held?.onGone();
  return { fake, heartbeat, clock, leadership, [Symbol.dispose]: () => void end() };
}

/** The same in office, with a lease until 1000 ms. */
export async function leader(options: Parameters<typeof candidate>[0] = {}) {
  const candidacy = candidate(options);
  await candidacy.leadership.prove(signal);
  return candidacy;
}
