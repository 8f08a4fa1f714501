import assert from "node:assert/strict";
import {
  SessionTracker,
  type TrackedSession,
} from "../../../../src/quorum/server/session_tracker.ts";

const TICK_MS = 2000;

function setUp() {
  const time = { nowMs: 300 };
  const tracker = new SessionTracker<TrackedSession>({
    tickTimeMs: TICK_MS,
    now: () => time.nowMs,
  });
  const add = (id: bigint, timeoutMs = 4000) => {
    const session = { id, timeoutMs, edgeMs: 0 };
    tracker.add(session);
    return session;
  };
  const expireAt = (nowMs: number) => {
    time.nowMs = nowMs;
    return tracker.takeExpired().map(({ id }) => id);
  };
  return { tracker, time, add, expireAt };
}

Deno.test("SessionTracker expires a session at the first edge of a tick behind its timeout", () => {
  const { add, expireAt, tracker } = setUp();
  add(1n);
  assert.deepEqual(expireAt(5999), []);
  assert.equal(tracker.untilNextEdgeMs(), 1);
  assert.deepEqual(expireAt(6000), [1n]);
  assert.equal(tracker.get(1n), undefined);
  assert.deepEqual(expireAt(20_000), []);
});

Deno.test("SessionTracker never expires a session before its timeout, and at most a tick behind it", () => {
  for (let touchedMs = 0; touchedMs < 3 * TICK_MS; touchedMs += 97) {
    const { add, expireAt, time, tracker } = setUp();
    time.nowMs = touchedMs;
    const session = add(1n);
    const lateMs = session.edgeMs - (touchedMs + session.timeoutMs);
    assert.ok(lateMs > 0 && lateMs <= TICK_MS, `${lateMs} ms late`);
    assert.deepEqual(expireAt(touchedMs + session.timeoutMs), []);
    assert.equal(tracker.size, 1);
  }
});

Deno.test("SessionTracker.touch() begins the timeout anew, with a new length too", () => {
  const { add, expireAt, time, tracker } = setUp();
  const session = add(1n);
  time.nowMs = 5000;
  tracker.touch(session);
  assert.deepEqual(expireAt(9999), []);
  session.timeoutMs = 20_000;
  tracker.touch(session);
  assert.deepEqual(expireAt(29_999), []);
  assert.deepEqual(expireAt(30_000), [1n]);
});

Deno.test("SessionTracker.remove() takes a session out, and a later touch does not bring it back", () => {
  const { add, expireAt, tracker } = setUp();
  const session = add(1n);
  tracker.remove(session);
  tracker.touch(session);
  assert.equal(tracker.size, 0);
  assert.deepEqual(expireAt(100_000), []);
});

Deno.test("SessionTracker.takeExpired() takes the sessions of all edges that have passed", () => {
  const { add, expireAt, tracker } = setUp();
  for (const id of [1n, 2n, 3n]) add(id, Number(id) * 4000);
  assert.deepEqual(tracker.edges().map(({ sessions }) => sessions.size), [1, 1, 1]);
  assert.deepEqual(expireAt(10_100), [1n, 2n]);
  assert.deepEqual(expireAt(14_100), [3n]);
});

Deno.test("SessionTracker.takeExpired() takes any number of sessions, as after a restart with many", () => {
  const { tracker, add, expireAt } = setUp();
  const count = 300_000;
  for (let id = 1; id <= count; id++) add(BigInt(id));
  assert.equal(expireAt(6000).length, count);
  assert.equal(tracker.size, 0);
});
