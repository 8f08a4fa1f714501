import assert from "node:assert/strict";
import {
  CREATOR_ACL,
  isFinal,
  type SessionState,
  TransactionError,
  type TransactionStep,
  ZkError,
  type ZkErrorCode,
  type ZooKeeper,
} from "zookeeper";
import { Heartbeat, type HeartbeatObserver } from "../../../src/election/heartbeat.ts";
import { electionLayout } from "../../../src/election/layout.ts";
import { createLogger } from "../../../src/log/logger.ts";

const LAYOUT = electionLayout("/cluster");
const LATCH_PATH = `${LAYOUT.latch}/own`;
const SESSION_TIMEOUT_MS = 600;
const signal = AbortSignal.timeout(30_000);

/** A session whose writes the test answers; its own registration node is there or not. */
class FakeZooKeeper {
  readonly created: { path: string; data: string; options: unknown }[] = [];
  readonly writes: string[][] = [];
  readonly reconnects: Error[] = [];
  readonly #listeners = new Set<(state: SessionState) => void>();
  state: SessionState = { kind: "connecting" };
  hasLatchNode = true;
  hasRegistration = false;
  /** What happens to the next write, before it is answered. */
  onWrite: (count: number) => Promise<void> | void = () => {};

  onStateChange(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  change(state: SessionState): void {
    this.state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  connect(attachSentAt = performance.now()): void {
    const negotiatedTimeoutMs = SESSION_TIMEOUT_MS;
    const connection = { sessionId: 1n, negotiatedTimeoutMs, server: "a:1", attachSentAt };
    this.change({ kind: "connected", ...connection });
  }

  suspend(): void {
    const negotiatedTimeoutMs = SESSION_TIMEOUT_MS;
    this.change({ kind: "suspended", sessionId: 1n, negotiatedTimeoutMs });
  }

  async connected({ signal }: { signal: AbortSignal }): Promise<void> {
    while (this.state.kind !== "connected") {
      signal.throwIfAborted();
      if (isFinal(this.state)) throw new ZkError("SessionExpired", { operation: "connect" });
      const changed = Promise.withResolvers<void>();
      const unsubscribe = this.onStateChange(() => changed.resolve());
      signal.addEventListener("abort", () => changed.resolve());
      await changed.promise;
      unsubscribe();
    }
  }

  reconnect(reason: Error): void {
    this.reconnects.push(reason);
  }

  createPath(): Promise<void> {
    return Promise.resolve();
  }

  create(path: string, data: Uint8Array, options: unknown): Promise<void> {
    this.created.push({ path, data: new TextDecoder().decode(data), options });
    this.hasRegistration = true;
    return Promise.resolve();
  }

  async multi(steps: TransactionStep[]): Promise<void> {
    this.writes.push(steps.map(({ kind, path }) => `${kind} ${path}`));
    await this.onWrite(this.writes.length);
    for (const [index, step] of steps.entries()) {
      const isThere = step.kind === "check" ? this.hasLatchNode : this.hasRegistration;
      if (!isThere) throw new TransactionError("NoNode", step, index);
    }
  }
}

function start(
  { tickTimeMs = 100, observer }: { tickTimeMs?: number; observer?: HeartbeatObserver } = {},
) {
  const fake = new FakeZooKeeper();
  const log: string[] = [];
  const heartbeat = new Heartbeat(fake as unknown as ZooKeeper, {
    layout: LAYOUT,
    participant: "host-1:8081",
    version: "1.2.3",
    acl: CREATOR_ACL,
    tickTimeMs,
    observer,
    logger: createLogger("test", { write: (line) => log.push(line) }),
  });
  return { fake, heartbeat, log, [Symbol.asyncDispose]: () => heartbeat[Symbol.asyncDispose]() };
}

function lost(code: ZkErrorCode = "ConnectionLoss"): never {
  throw new ZkError(code, { operation: "multi" });
}

/** Resolves once the deadline has moved. */
function renewed(heartbeat: Heartbeat): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = heartbeat.onRenewal(() => {
      unsubscribe();
      resolve();
    });
  });
}

Deno.test("Heartbeat registers its master by a node that goes with the session", async () => {
  await using started = start();
  const { fake, heartbeat } = started;
  fake.connect();
  await heartbeat.prove(signal);
  const [{ path, data, options }] = fake.created as [typeof fake.created[number]];
  assert.match(path, /^\/cluster\/masterd\/masters\/[0-9a-f-]{36}$/);
  assert.deepEqual(JSON.parse(data), { participant: "host-1:8081", version: "1.2.3" });
  const { mode, acl } = options as { mode: string; acl: unknown };
  assert.deepEqual({ mode, acl }, { mode: "ephemeral", acl: CREATOR_ACL });
});

Deno.test("Heartbeat earns a lease from the handshake with its first write", async () => {
  await using started = start();
  const { fake, heartbeat } = started;
  assert.equal(heartbeat.deadline(), -Infinity);
  const attachSentAt = performance.now();
  fake.connect(attachSentAt);
  assert.equal(heartbeat.deadline(), -Infinity);
  await heartbeat.prove(signal);
  assert.equal(heartbeat.deadline(), attachSentAt + SESSION_TIMEOUT_MS - 100);
});

Deno.test("Heartbeat.prove() waits for a lease that has to be earned first", async () => {
  await using started = start();
  const { fake, heartbeat } = started;
  fake.connect(performance.now() - 10 * SESSION_TIMEOUT_MS);
  await heartbeat.prove(signal);
  assert.ok(heartbeat.deadline() > performance.now());
  assert.ok(fake.writes.length >= 4, "an anchor, a relay and a last write");
});

/** Whether a proof was there when the first of the two writes of its beat was acknowledged. */
async function isProvenByFirstWrite({ fake, heartbeat }: ReturnType<typeof start>) {
  await heartbeat.prove(signal);
  const second = fake.writes.length + 2;
  const [sent, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  fake.onWrite = (count) => {
    if (count < second) return;
    sent.resolve();
    return answer.promise;
  };
  let isProven = false;
  const proof = heartbeat.prove(signal).then(() => isProven = true);
  await sent.promise;
  await new Promise((resolve) => setTimeout(resolve, 0));
  const isEarly = isProven;
  answer.resolve();
  await proof;
  return isEarly;
}

// By the first write alone a standby has the lease of its last anchor but one, which may be shorter than
// the stop grace of the command that is to be started.
Deno.test("Heartbeat.prove() does not resolve before the whole beat if the lease is short", async () => {
  await using started = start();
  started.fake.connect(performance.now() - SESSION_TIMEOUT_MS / 2);
  assert.equal(await isProvenByFirstWrite(started), false);
});

Deno.test("Heartbeat.prove() resolves with the first write if the lease is long anyway", async () => {
  await using started = start();
  started.fake.connect();
  assert.equal(await isProvenByFirstWrite(started), true);
});

Deno.test("Heartbeat checks the latch node of a leader, and writes nothing but its own node", async () => {
  await using started = start();
  const { fake, heartbeat } = started;
  fake.connect();
  await heartbeat.prove(signal);
  const own = `setData ${fake.created[0]!.path}`;
  let count = fake.writes.length;
  const unhold = heartbeat.hold({ latchPath: LATCH_PATH, onGone: () => {} });
  await heartbeat.prove(signal);
  assert.deepEqual(fake.writes.slice(0, count).at(-1), [own]);
  assert.deepEqual(fake.writes.at(-1), [`check ${LATCH_PATH}`, own]);
  unhold();
  count = fake.writes.length;
  await heartbeat.prove(signal);
  assert.deepEqual(fake.writes.at(-1), [own]);
});

Deno.test("Heartbeat tells at once that the latch node is gone, and beats on without it", async () => {
  await using started = start();
  const { fake, heartbeat } = started;
  fake.connect();
  await heartbeat.prove(signal);
  fake.hasLatchNode = false;
  let gone = 0;
  heartbeat.hold({ latchPath: LATCH_PATH, onGone: () => gone++ });
  await assert.rejects(heartbeat.prove(signal), { code: "NoNode" });
  assert.equal(gone, 1);
  await heartbeat.prove(signal);
  assert.equal(gone, 1);
});

Deno.test("Heartbeat makes its registration again when somebody removed it", async () => {
  await using started = start();
  const { fake, heartbeat } = started;
  fake.connect();
  await heartbeat.prove(signal);
  fake.hasRegistration = false;
  await heartbeat.prove(signal);
  assert.equal(fake.created.length, 2);
  assert.equal(fake.created[0]!.path, fake.created[1]!.path);
});

Deno.test("Heartbeat takes a write whose outcome is unknown for nothing", async () => {
  await using started = start();
  const { fake, heartbeat } = started;
  fake.connect();
  await heartbeat.prove(signal);
  const before = heartbeat.deadline();
  fake.onWrite = () => {
    fake.suspend();
    lost();
  };
  const proof = heartbeat.prove(signal);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(heartbeat.deadline(), before);
  fake.onWrite = () => {};
  fake.connect();
  await proof;
  assert.ok(heartbeat.deadline() > before);
});

Deno.test("Heartbeat does not count an answer once its connection has been replaced", async () => {
  await using started = start();
  const { fake, heartbeat } = started;
  fake.connect();
  await heartbeat.prove(signal);
  const before = heartbeat.deadline();
  let afterFirst = Infinity;
  const attachSentAt = performance.now();
  fake.onWrite = () => {
    fake.onWrite = () => void (afterFirst = heartbeat.deadline());
    fake.connect(attachSentAt);
  };
  await heartbeat.prove(signal);
  assert.equal(afterFirst, before);
});

Deno.test("Heartbeat leaves a server that does not acknowledge a write", async () => {
  await using started = start();
  const { fake, heartbeat } = started;
  const left = Promise.withResolvers<void>();
  fake.reconnect = (reason) => {
    assert.match(reason.message, /^No heartbeat was acknowledged for 180 ms$/);
    left.resolve();
  };
  fake.onWrite = () => left.promise.then(() => lost());
  fake.connect();
  await left.promise;
  fake.onWrite = () => {};
  await heartbeat.prove(signal);
});

Deno.test("Heartbeat.prove() rejects with what refuses the write; the log says so once", async () => {
  await using started = start();
  const { fake, heartbeat, log } = started;
  fake.onWrite = () => lost("NoAuth");
  fake.connect();
  await assert.rejects(heartbeat.prove(signal), { code: "NoAuth" });
  await assert.rejects(heartbeat.prove(signal), { code: "NoAuth" });
  fake.onWrite = () => {};
  await heartbeat.prove(signal);
  assert.equal(log.length, 1);
  assert.match(log[0]!, /WARN .*heartbeat failed path=\/cluster\/masterd\/masters\//);
});

Deno.test("Heartbeat.prove() rejects when the session ends, then and later", async () => {
  await using started = start();
  const { fake, heartbeat } = started;
  const proof = heartbeat.prove(signal);
  fake.change({ kind: "expired", sessionId: 1n });
  await assert.rejects(proof, { code: "SessionExpired" });
  await assert.rejects(heartbeat.prove(signal), { code: "SessionExpired" });
});

Deno.test("Heartbeat ends when it is disposed of, whatever it waits for", async () => {
  const waiting = start();
  await waiting[Symbol.asyncDispose]();
  await assert.rejects(waiting.heartbeat.prove(signal), /The heartbeat was ended/);

  const pausing = start();
  pausing.fake.connect();
  const first = renewed(pausing.heartbeat);
  await first;
  await pausing[Symbol.asyncDispose]();
});

Deno.test("Heartbeat warns of a session with less than two ticks of the servers", async () => {
  await using started = start({ tickTimeMs: SESSION_TIMEOUT_MS / 2 + 1 });
  started.fake.connect();
  assert.match(started.log.join(""), /less than two ticks.*sessionTimeoutMs=600 tickTimeMs=301/);
  await using fitting = start({ tickTimeMs: SESSION_TIMEOUT_MS / 2 });
  fitting.fake.connect();
  assert.doesNotMatch(fitting.log.join(""), /less than two ticks/);
});

Deno.test("Heartbeat tells how long each acknowledged write took, and of those that were not", async () => {
  const told: string[] = [];
  const latencies: number[] = [];
  await using started = start({
    observer: {
      heartbeatAnswered: (latencyMs) => {
        told.push("answered");
        latencies.push(latencyMs);
      },
      heartbeatFailed: () => told.push("failed"),
    },
  });
  const { fake, heartbeat } = started;
  fake.onWrite = async (count) => {
    if (count === 2) await new Promise((resolve) => setTimeout(resolve, 30));
    if (count === 3) lost();
  };
  fake.connect();
  await heartbeat.prove(signal);
  await heartbeat.prove(signal);
  // The first write is refused: the registration node is not there yet. That is an answer.
  assert.deepEqual(told.slice(0, 3), ["answered", "failed", "answered"]);
  assert.ok(latencies[0]! >= 29 && latencies.every((latencyMs) => latencyMs >= 0), `${latencies}`);
});
