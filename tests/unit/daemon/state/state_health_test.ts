import assert from "node:assert/strict";
import {
  describeHealth,
  nextHealth,
  type StateEvent,
  type StateHealth,
} from "../../../../src/daemon/state/state_health.ts";

const BROKEN = { name: "b", problem: "its blob is missing" };
const FAILED: StateEvent = { kind: "storage-failed", message: "no space" };

function recovered(entries: number, broken = [] as typeof BROKEN[]): StateEvent {
  return { kind: "recovered", recovery: { entries, broken, missing: [] } };
}

function after(...events: StateEvent[]) {
  const start: StateHealth = { kind: "recovering" };
  return describeHealth(events.reduce(nextHealth, start));
}

Deno.test("nextHealth() is healthy once everything was seen, and counts what is written", () => {
  assert.deepEqual(after(), { kind: "recovering", entries: null, broken: [], brokenCount: 0 });
  assert.equal(after(recovered(2)).kind, "healthy");
  const written = (isNew: boolean): StateEvent => ({ kind: "written", name: "a", isNew });
  assert.equal(after(recovered(2), written(true), written(false)).entries, 3);
  assert.equal(after(recovered(2), { kind: "deleted", name: "a" }).entries, 1);
});

Deno.test("nextHealth() is degraded by a failure until a write succeeds", () => {
  const degraded = after(recovered(2), FAILED);
  assert.deepEqual([degraded.kind, degraded.entries, degraded.lastError], [
    "degraded",
    2,
    "no space",
  ]);
  assert.equal(after(recovered(2), FAILED, { kind: "deleted", name: "a" }).kind, "degraded");
  const again = after(recovered(2), FAILED, { kind: "written", name: "a", isNew: false });
  assert.deepEqual([again.kind, again.lastError], ["healthy", undefined]);
  assert.equal(after(recovered(2), FAILED, recovered(2)).kind, "healthy");
});

Deno.test("nextHealth() knows nothing of a state that was never seen, whatever is written to it", () => {
  const written: StateEvent = { kind: "written", name: "a", isNew: true };
  assert.deepEqual(after(FAILED, written), {
    kind: "degraded",
    entries: null,
    broken: [],
    brokenCount: 0,
    lastError: "no space",
  });
  assert.equal(after(FAILED, recovered(1)).kind, "healthy");
});

Deno.test("nextHealth() names a broken entry once, until it is replaced or deleted", () => {
  const found: StateEvent = { kind: "found-broken", broken: BROKEN };
  const degraded = after(recovered(2, [BROKEN]), found);
  assert.deepEqual([degraded.kind, degraded.broken], ["degraded", [BROKEN]]);
  assert.equal(after(recovered(2), found, { kind: "deleted", name: "b" }).kind, "healthy");
  assert.equal(
    after(recovered(2), found, { kind: "written", name: "b", isNew: false }).kind,
    "healthy",
  );
  assert.equal(
    after(recovered(2), found, { kind: "written", name: "a", isNew: false }).brokenCount,
    1,
  );
});

Deno.test("describeHealth() names a hundred broken entries, and counts all", () => {
  const many = Array.from({ length: 250 }, (_, index) => ({ ...BROKEN, name: `b${index}` }));
  const { broken, brokenCount } = after(recovered(300, many));
  assert.deepEqual([broken.length, brokenCount], [100, 250]);
});
