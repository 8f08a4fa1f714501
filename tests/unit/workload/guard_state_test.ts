import assert from "node:assert/strict";
import {
  changesAt,
  type GuardEvent,
  type GuardState,
  nextGuardState,
} from "../../../src/workload/guard_state.ts";

const LEASE = { deadline: 1000, stopGraceMs: 300 };
const RUNNING: GuardState = { kind: "running", lease: LEASE };
const FOREVER = { deadline: Infinity, stopGraceMs: 300 };
const TIME: GuardEvent = { kind: "time-passed" };

function after(state: GuardState, ...events: readonly (readonly [number, GuardEvent])[]) {
  return events.reduce((state, [now, event]) => nextGuardState(state, event, now), state);
}

const ALL_STATES: readonly GuardState[] = [
  { kind: "idle" },
  RUNNING,
  { kind: "terminating", lease: LEASE, cause: "stop", killAt: 900 },
  { kind: "killing", cause: "exit" },
  { kind: "over", reason: "ended" },
];

const ALL_EVENTS: readonly GuardEvent[] = [
  TIME,
  { kind: "run", lease: FOREVER },
  { kind: "not-started" },
  { kind: "deadline", deadline: Infinity },
  { kind: "stop", graceMs: 1e9 },
  { kind: "exited" },
  { kind: "daemon-gone" },
  { kind: "helper-gone" },
  { kind: "ended" },
];

Deno.test("T5 nextGuardState() never leaves a command alive past its deadline, whatever happens", () => {
  for (const event of ALL_EVENTS) {
    for (const now of [1000, 1000.1, 1e12]) {
      for (const state of ALL_STATES.filter((state) => "lease" in state)) {
        const { kind } = nextGuardState(state, event, now);
        assert.ok(kind === "killing" || kind === "over", `${state.kind} ${event.kind} ${kind}`);
      }
    }
  }
});

Deno.test("nextGuardState() never goes back", () => {
  const order = ALL_STATES.map(({ kind }) => kind);
  for (const state of ALL_STATES) {
    for (const event of ALL_EVENTS) {
      for (const now of [0, 699, 700, 900, 1000]) {
        const next = nextGuardState(state, event, now);
        assert.ok(order.indexOf(next.kind) >= order.indexOf(state.kind));
      }
    }
  }
});

Deno.test("a running command is asked to end when no more than its grace is left", () => {
  assert.equal(changesAt(RUNNING), 700);
  assert.deepEqual(after(RUNNING, [699.9, TIME]), RUNNING);
  assert.deepEqual(after(RUNNING, [700, TIME]), {
    kind: "terminating",
    lease: LEASE,
    cause: "deadline",
    killAt: 1000,
  });
  assert.deepEqual(after(RUNNING, [700, TIME], [999.9, TIME]).kind, "terminating");
  assert.deepEqual(after(RUNNING, [700, TIME], [1000, TIME]), {
    kind: "killing",
    cause: "deadline",
  });
});

Deno.test("without a grace a command is killed at the deadline without being asked", () => {
  const state: GuardState = { kind: "running", lease: { deadline: 1000, stopGraceMs: 0 } };
  assert.deepEqual(after(state, [999, TIME]), state);
  assert.deepEqual(after(state, [1000, TIME]), { kind: "killing", cause: "deadline" });
});

Deno.test("a new deadline counts from now on, later or earlier", () => {
  const extended = after(RUNNING, [600, { kind: "deadline", deadline: 2000 }]);
  assert.equal(changesAt(extended), 1700);
  const shortened = after(extended, [600, { kind: "deadline", deadline: 500 }]);
  assert.deepEqual(shortened, { kind: "killing", cause: "deadline" });
  assert.equal(changesAt(after(RUNNING, [0, { kind: "deadline", deadline: Infinity }])), Infinity);
});

Deno.test("a deadline that is extended after the command was asked to end saves it no more", () => {
  const asked = after(RUNNING, [700, TIME], [750, { kind: "deadline", deadline: 9000 }]);
  assert.equal(changesAt(asked), 1000);
  assert.deepEqual(after(asked, [1000, TIME]), { kind: "killing", cause: "deadline" });
});

Deno.test("T18 a stop ends after its grace or at the deadline, whichever comes first", () => {
  const short = after(RUNNING, [100, { kind: "stop", graceMs: 200 }]);
  assert.equal(changesAt(short), 300);
  assert.deepEqual(after(short, [300, TIME]), { kind: "killing", cause: "stop" });
  const long = after(RUNNING, [100, { kind: "stop", graceMs: 60_000 }]);
  assert.equal(changesAt(long), 1000);
  assert.deepEqual(after(long, [1000, TIME]), { kind: "killing", cause: "deadline" });
  const now = after(RUNNING, [100, { kind: "stop", graceMs: 0 }]);
  assert.deepEqual(now, { kind: "killing", cause: "stop" });
});

Deno.test("a second stop shortens the grace and never lengthens it", () => {
  const first = after(RUNNING, [100, { kind: "stop", graceMs: 500 }]);
  assert.equal(changesAt(after(first, [110, { kind: "stop", graceMs: 100 }])), 210);
  assert.equal(changesAt(after(first, [110, { kind: "stop", graceMs: 800 }])), 600);
});

Deno.test("the end of a command has the cause for which it was asked to end", () => {
  const stopped = after(RUNNING, [100, { kind: "stop", graceMs: 500 }], [200, { kind: "exited" }]);
  assert.deepEqual(stopped, { kind: "killing", cause: "stop" });
  assert.deepEqual(after(RUNNING, [100, { kind: "exited" }]), { kind: "killing", cause: "exit" });
  const expired = after(RUNNING, [700, TIME], [800, { kind: "exited" }]);
  assert.deepEqual(expired, { kind: "killing", cause: "deadline" });
});

Deno.test("a guard without a command just ends with its daemon", () => {
  const gone: GuardEvent = { kind: "daemon-gone" };
  assert.deepEqual(after({ kind: "idle" }, [0, gone]), { kind: "over", reason: "daemon-gone" });
  assert.deepEqual(after(RUNNING, [0, gone]), { kind: "killing", cause: "stop" });
});

Deno.test("a guard ends when what it holds ready is gone, unless a command runs", () => {
  const gone: GuardEvent = { kind: "helper-gone" };
  assert.deepEqual(after({ kind: "idle" }, [0, gone]), { kind: "over", reason: "helper-gone" });
  assert.deepEqual(after(RUNNING, [0, gone]), RUNNING);
});

Deno.test("a command that would have to be asked to end at once is not even started", () => {
  const run: GuardEvent = { kind: "run", lease: LEASE };
  assert.deepEqual(after({ kind: "idle" }, [699.9, run]), RUNNING);
  assert.deepEqual(after({ kind: "idle" }, [700, run]), { kind: "over", reason: "lease-over" });
  assert.deepEqual(after({ kind: "idle" }, [1000, run]), { kind: "over", reason: "lease-over" });
});

Deno.test("orders to an idle guard, and a second command, change nothing", () => {
  const idle: GuardState = { kind: "idle" };
  assert.deepEqual(after(idle, [0, { kind: "stop", graceMs: 0 }]), idle);
  assert.deepEqual(after(idle, [0, { kind: "deadline", deadline: -1 }]), idle);
  assert.deepEqual(after(RUNNING, [0, { kind: "run", lease: FOREVER }]), RUNNING);
});
