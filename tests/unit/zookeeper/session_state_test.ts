import assert from "node:assert/strict";
import {
  isFinal,
  nextState,
  type SessionChange,
  type SessionState,
} from "../../../src/zookeeper/session_state.ts";

const connecting: SessionState = { kind: "connecting" };
const connected: SessionState = {
  kind: "connected",
  sessionId: 7n,
  negotiatedTimeoutMs: 4000,
  server: "a:1",
  attachSentAt: 1,
};
const suspended: SessionState = { kind: "suspended", sessionId: 7n, negotiatedTimeoutMs: 4000 };
const expired: SessionState = { kind: "expired", sessionId: 7n };
const authFailed: SessionState = { kind: "auth-failed", cause: "wrong" };
const closed: SessionState = { kind: "closed" };
const moved: SessionState = {
  kind: "connected",
  sessionId: 7n,
  negotiatedTimeoutMs: 6000,
  server: "b:2",
  attachSentAt: 2,
};

const CHANGES: { [K in SessionChange["kind"]]: SessionChange & { kind: K } } = {
  attached: { ...moved, kind: "attached" },
  detached: { kind: "detached" },
  expired: { kind: "expired", sessionId: 7n },
  "auth-failed": { kind: "auth-failed", cause: "wrong" },
  closed: { kind: "closed" },
};

/** The state that each change leads to. */
type Row = { [K in SessionChange["kind"]]: SessionState };
const ends = { expired, "auth-failed": authFailed, closed };
const stays = (state: SessionState): Row => ({
  attached: state,
  detached: state,
  expired: state,
  "auth-failed": state,
  closed: state,
});
const TABLE: [SessionState, Row][] = [
  [connecting, { attached: moved, detached: connecting, ...ends }],
  [connected, { attached: moved, detached: suspended, ...ends }],
  [suspended, { attached: moved, detached: suspended, ...ends }],
  [expired, stays(expired)],
  [authFailed, stays(authFailed)],
  [closed, stays(closed)],
];

for (const [state, row] of TABLE) {
  for (const kind of Object.keys(CHANGES) as SessionChange["kind"][]) {
    Deno.test(`nextState() of ${state.kind} after ${kind} is ${row[kind].kind}`, () => {
      const before = structuredClone(state);
      assert.deepEqual(nextState(state, CHANGES[kind]), row[kind]);
      assert.deepEqual(state, before);
    });
  }
}

Deno.test("nextState() gives the same object when nothing changes, so that nobody is told", () => {
  for (const [state, row] of TABLE) {
    for (const kind of Object.keys(CHANGES) as SessionChange["kind"][]) {
      if (row[kind] === state) assert.equal(nextState(state, CHANGES[kind]), state);
    }
  }
});

Deno.test("isFinal() holds for the three ends", () => {
  assert.deepEqual(TABLE.filter(([state]) => isFinal(state)).map(([state]) => state.kind), [
    "expired",
    "auth-failed",
    "closed",
  ]);
});
