import assert from "node:assert/strict";
import type { ConnectionState } from "../../../../src/daemon/high_availability/services.ts";
import {
  commandNote,
  connectionNote,
  leaderNote,
  roleNote,
} from "../../../../src/daemon/journal/notes.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import type { WorkloadState } from "../../../../src/workload/workload_state.ts";

const LEADER: LeaderInformation = {
  leaderSessionId: "a",
  address: "http://[::1]:8081",
  details: { host: "::1", webuiPort: 8081, rpcPort: 1, epoch: 7n, version: "0" },
};

Deno.test("roleNote() names the epoch of a leader only", () => {
  assert.deepEqual(roleNote("leader", "7").details, { role: "leader", epoch: "7" });
  assert.deepEqual(roleNote("standby", "7").details, { role: "standby" });
});

Deno.test("leaderNote() says who leads, and that nobody does any more", () => {
  assert.deepEqual(leaderNote(LEADER, undefined), {
    message: "[::1]:8081 leads",
    details: { leader: "[::1]:8081", epoch: "7" },
  });
  assert.equal(leaderNote(undefined, undefined), undefined);
  assert.equal(leaderNote(undefined, LEADER)?.message, "nobody is known to lead");
});

Deno.test("connectionNote() tells another state, and nothing of where there is no connection", () => {
  const connected: ConnectionState = {
    kind: "connected",
    server: "a:2181",
    sessionId: "0x1",
    sessionTimeoutMs: 4000,
  };
  assert.equal(connectionNote({ kind: "none" }, undefined), undefined);
  assert.equal(connectionNote({ kind: "connecting" }, undefined), undefined);
  assert.equal(connectionNote(connected, { ...connected, server: "b:2181" }), undefined);
  assert.deepEqual(connectionNote(connected, undefined)?.details, {
    server: "a:2181",
    sessionId: "0x1",
  });
  const states: ConnectionState[] = [
    { kind: "suspended", sessionId: "0x1" },
    { kind: "lost" },
    { kind: "connecting" },
  ];
  assert.deepEqual(states.map((state) => connectionNote(state, connected)?.message), [
    "lost the connection to ZooKeeper; the session may live",
    "the session with ZooKeeper is over",
    "opens a new session with ZooKeeper",
  ]);
});

Deno.test("commandNote() tells each state of a command once, and when it becomes ready", () => {
  const lastEnd = undefined;
  const running = { kind: "running", pid: 5, startedAt: "", restarts: 1, lastEnd } as const;
  const end = { cause: "ended", code: 1 } as unknown as NonNullable<
    (WorkloadState & { kind: "starting" })["lastEnd"]
  >;
  const states: WorkloadState[] = [
    { kind: "idle" },
    { kind: "starting", restarts: 0, lastEnd },
    { ...running, isReady: false },
    { ...running, isReady: false },
    { ...running, isReady: true },
    { kind: "waiting", pauseMs: 100, restarts: 2, lastEnd: end },
    { kind: "cooling-down", coolDownMs: 5, reason: "crash-loop", lastEnd: end },
    { kind: "stopping", pid: 5 },
    { kind: "idle" },
  ];
  const notes = states.map((state, index) => commandNote(state, states[index - 1])?.message);
  assert.deepEqual(notes, [
    undefined,
    "the command starts",
    "the command runs, and is not ready yet",
    undefined,
    "the command is ready",
    "the command ended, and is started again",
    "gives up on the command for a while",
    "the command is told to stop",
    "the command does not run",
  ]);
});
