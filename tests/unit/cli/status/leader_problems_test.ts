import assert from "node:assert/strict";
import { leaderProblems } from "../../../../src/cli/status/leader_problems.ts";
import type { ClusterPicture } from "../../../../src/cli/status/cluster_look.ts";
import { actingLeader } from "../../../../src/cli/status/leadership.ts";
import { nameOf } from "../../../../src/cli/status/master_views.ts";
import {
  leading,
  masterAnswer,
  OTHER_SESSION_ID,
  picture,
  published,
  seen,
  unreachable,
  view,
} from "./pictures.ts";

function problems(more: Partial<ClusterPicture>): string[] {
  return leaderProblems(picture(more)).map(({ kind, message }) => `${kind}: ${message}`);
}

Deno.test("leaderProblems() finds none where the published leader says that it leads", () => {
  assert.deepEqual(problems({}), []);
  assert.equal(nameOf(actingLeader(picture())!), "a:8081");
});

Deno.test("leaderProblems() says that nobody leads", () => {
  const masters = [view("b", masterAnswer("b", { leader: undefined }))];
  assert.deepEqual(problems({ coordination: seen(undefined), masters }), [
    "no-leader: no leader is known",
  ]);
});

Deno.test("leaderProblems() says that nobody leads because failovers are paused", () => {
  const pause = { since: "2025-01-02T03:04:05.678Z", by: "root@host", reason: "disk\x1b" };
  assert.deepEqual(problems({ coordination: seen(undefined, { pause }), masters: [] }), [
    "no-leader: no leader is known: " +
    "failovers are paused since 2025-01-02T03:04:05.678Z by root@host: disk?",
  ]);
});

Deno.test("leaderProblems() names a published leader that does not answer", () => {
  const masters = [view("a", unreachable()), view("b")];
  assert.deepEqual(problems({ masters }), [
    "leader-silent: the leader in ZooKeeper, a:8081 (epoch 7), does not answer: Connection refused",
  ]);
  const foreign = [view("a", { kind: "foreign", fact: "nginx" })];
  assert.deepEqual(problems({ masters: foreign }), [
    "leader-silent: the leader in ZooKeeper, a:8081 (epoch 7), does not answer: nginx",
  ]);
});

Deno.test("leaderProblems() names a published leader that says something else", () => {
  assert.deepEqual(problems({ masters: [view("a")] }), [
    "leaders-disagree: ZooKeeper names a:8081 (epoch 7) as the leader, which says that it is standby",
  ]);
  const masters = [leading("a", { leaderSessionId: OTHER_SESSION_ID, epoch: "9" })];
  assert.deepEqual(problems({ masters }), [
    "leaders-disagree: ZooKeeper names a:8081 (epoch 7) as the leader, " +
    "which says that it leads with another leadership (epoch 9)",
  ]);
});

Deno.test("leaderProblems() names a second master that says that it leads", () => {
  const masters = [leading("a"), leading("b", { leaderSessionId: OTHER_SESSION_ID, epoch: "9" })];
  assert.deepEqual(problems({ masters }), [
    "leaders-disagree: b:8081 says that it leads (epoch 9), but ZooKeeper names a:8081 (epoch 7)",
  ]);
  assert.equal(nameOf(actingLeader(picture({ masters }))!), "a:8081");
});

Deno.test("leaderProblems() believes no liar that knows the leadership of another", () => {
  const masters = [leading("b"), leading("a")];
  assert.equal(problems({ masters }).length, 1);
  assert.equal(nameOf(actingLeader(picture({ masters }))!), "a:8081");
});

Deno.test("leaderProblems() names one who leads with another leadership at the leader's place", () => {
  const rival = leading("a", { leaderSessionId: OTHER_SESSION_ID, epoch: "9" });
  assert.deepEqual(problems({ masters: [rival, leading("a-2")] }), [
    "leaders-disagree: a:8081 says that it leads (epoch 9), but ZooKeeper names a:8081 (epoch 7)",
  ]);
});

Deno.test("leaderProblems() names one who leads without being published", () => {
  assert.deepEqual(problems({ coordination: seen(undefined), masters: [leading("a")] }), [
    "leaders-disagree: a:8081 says that it leads (epoch 7), but ZooKeeper names no leader",
  ]);
});

Deno.test("leaderProblems() names standbys that follow another leader, or none", () => {
  const leader = { address: "http://z:1", leaderSessionId: OTHER_SESSION_ID };
  const masters = [
    leading("a"),
    view("b", masterAnswer("b", { leader })),
    view("c", masterAnswer("c", { leader: undefined })),
    // What it does not know is told by its connection.
    view("d", masterAnswer("d", { leader: undefined, connection: "suspended" })),
  ];
  assert.deepEqual(problems({ masters }), [
    "follows-another: b:8081 follows the leader at http://z:1, but ZooKeeper names a:8081 (epoch 7)",
    "follows-another: c:8081 knows no leader, but ZooKeeper names a:8081 (epoch 7)",
  ]);
});

Deno.test("leaderProblems() says that the leader is no masterd, in harmless text", () => {
  const leader = { leaderSessionId: "x", address: "http://flink\x1b[2J:8081" };
  assert.deepEqual(problems({ coordination: seen(leader), masters: [] }), [
    "foreign-leader: the leader at http://flink?[2J:8081 is no masterd: it tells nothing",
  ]);
});

Deno.test("leaderProblems() says that the leader information is damaged", () => {
  const coordination = seen(undefined, { damage: "it is cut off" });
  assert.deepEqual(problems({ coordination, masters: [] }), [
    "leader-unreadable: ZooKeeper holds leader information that cannot be read: it is cut off",
  ]);
});

Deno.test("leaderProblems() compares what masters say where ZooKeeper tells nothing", () => {
  const coordination = { kind: "unreachable", cause: "refused" } as const;
  const away = "election-unreachable: ZooKeeper does not answer: refused";
  assert.deepEqual(problems({ coordination }), [away]);
  assert.deepEqual(problems({ coordination, masters: [view("b")] }), [
    away,
    "no-leader: no master says that it leads",
  ]);
  const masters = [leading("a"), leading("b", { epoch: "9" })];
  assert.deepEqual(problems({ coordination: { kind: "none" }, masters }), [
    "leaders-disagree: each of these says that it leads: a:8081 (epoch 7), b:8081 (epoch 9)",
  ]);
});

Deno.test("leaderProblems() takes a leader of a factory module by its leadership", () => {
  const leader = { ...published("a"), details: undefined };
  assert.deepEqual(problems({ mode: "module", coordination: seen(leader) }), []);
  const astray = masterAnswer("b", { leader: undefined, connection: "none" });
  const masters = [leading("a", { connection: "none" }), view("b", astray)];
  assert.deepEqual(problems({ mode: "module", coordination: seen(leader), masters }), [
    "follows-another: b:8081 knows no leader, but the factory module names http://a:8081",
  ]);
  assert.deepEqual(problems({ mode: "module", coordination: seen(undefined) }), [
    "leaders-disagree: a:8081 says that it leads (epoch 7), but the factory module names no leader",
  ]);
});
