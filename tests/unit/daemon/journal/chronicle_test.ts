import assert from "node:assert/strict";
import { LatestValue } from "../../../../src/async/latest_value.ts";
import type { ConnectionState } from "../../../../src/daemon/high_availability/services.ts";
import { Chronicle } from "../../../../src/daemon/journal/chronicle.ts";
import { Journal } from "../../../../src/daemon/journal/journal.ts";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import type { Pause } from "../../../../src/election/pause.ts";
import type { Role } from "../../../../src/http/status.ts";
import type { WorkloadState } from "../../../../src/workload/workload_state.ts";
import { until } from "../../../support/until.ts";
import { FakeLeadership, FakeServices } from "../fakes.ts";

function start() {
  const journal = new Journal({ boot: "b" });
  const pause = new LatestValue<Pause | undefined>(undefined);
  const node: { role: Role } = { role: "starting" };
  const chronicle = new Chronicle({ journal, role: () => node.role, pause });
  return {
    chronicle,
    pause,
    told: () => journal.document().events.map(({ kind, message }) => `${kind}: ${message}`),
    become(role: Role) {
      node.role = role;
      chronicle.moved();
    },
  };
}

Deno.test("Chronicle notes each role once, and how leadership came and went", () => {
  const { chronicle, become, told } = start();
  become("standby");
  become("standby");
  const leadership = new FakeLeadership(new FakeServices(), 7n);
  chronicle.won(leadership);
  become("leader");
  chronicle.found();
  leadership.lose("The session expired");
  become("standby");
  become("stopping");
  assert.deepEqual(told(), [
    "role: stands by",
    "role: won leadership",
    "role: leads",
    "role: lost leadership: The session expired",
    "role: stands by",
    "role: stops",
  ]);
});

Deno.test("Chronicle takes a leadership that is given back for no loss", () => {
  const { chronicle, become, told } = start();
  const leadership = new FakeLeadership(new FakeServices(), 7n);
  chronicle.won(leadership);
  become("leader");
  leadership.askForHandover("A switchover was asked for");
  become("standby");
  leadership.lose("It was released");
  assert.deepEqual(told().slice(2), [
    "switchover: gives leadership back: A switchover was asked for",
    "role: stands by",
  ]);
});

Deno.test("Chronicle notes the state when it becomes another, with what is wrong", () => {
  const { chronicle, told } = start();
  const state = { entries: 1, broken: [], brokenCount: 0 };
  chronicle.stateKnown({ kind: "healthy", ...state });
  chronicle.stateKnown({ kind: "healthy", ...state, entries: 2 });
  chronicle.stateKnown({ kind: "degraded", ...state, lastError: "EIO" });
  assert.deepEqual(told(), ["state: the state is healthy", "state: the state is degraded"]);
});

Deno.test("Chronicle follows the leader, the connection, the command and the pause", async () => {
  const { chronicle, pause, told } = start();
  const leader = new LatestValue<LeaderInformation | undefined>(undefined);
  const connection = new LatestValue<ConnectionState>({ kind: "connecting" });
  const command = new LatestValue<WorkloadState>({ kind: "idle" });
  const stop = new AbortController();
  const following = chronicle.follow({ leader, connection, command }, stop.signal);
  const soon = (text: string) =>
    until(told, (notes) => notes.at(-1) === text, { intervalMs: 1, limitMs: 5000 });
  leader.set({ leaderSessionId: "a", address: "http://a:1" });
  await soon("leader: http://a:1 leads, which is no masterd");
  leader.set(undefined);
  await soon("leader: nobody is known to lead");
  connection.set({ kind: "lost", lastError: "expired" });
  await soon("connection: the session with ZooKeeper is over");
  command.set({ kind: "starting", restarts: 0, lastEnd: undefined });
  await soon("command: the command starts");
  pause.set({ since: "now", by: "me@here", reason: null });
  await soon("pause: failovers are paused by me@here");
  pause.set(undefined);
  await soon("pause: failovers go on");
  stop.abort();
  await following.catch(() => {});
});
