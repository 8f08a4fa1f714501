import assert from "node:assert/strict";
import {
  changeKey,
  clusterDocument,
  leaseOf,
} from "../../../../src/daemon/cluster_view/document.ts";
import { MAX_WORKERS } from "../../../../src/daemon/cluster_view/leader_report.ts";
import type { ElectionPicture } from "../../../../src/election/election_picture.ts";
import type { ClusterDocument } from "../../../../src/http/cluster_document.ts";
import { led } from "../../election/past_leaderships.ts";
import { knownByLeader, knownByStandby, leading, PICTURE, standby, told } from "./a_cluster.ts";

/** What must be the same whichever master tells it. */
function shared({ answeredBy: _, masters, lease: _lease, ...rest }: ClusterDocument) {
  const same = masters.map(({ isSelf: _isSelf, connection: _connection, ...master }) => master);
  return { ...rest, masters: same };
}

Deno.test("clusterDocument() is the same cluster on the leader and on a standby", () => {
  const onLeader = clusterDocument(knownByLeader());
  const onStandby = clusterDocument(knownByStandby());
  assert.deepEqual(shared(onStandby), shared(onLeader));
  assert.deepEqual(onStandby.answeredBy, { host: "b", port: 8082 });
  assert.deepEqual(onStandby.leader, {
    address: "http://a:8081",
    host: "a",
    port: 8081,
    epoch: "7",
    leaderSessionId: "session-a",
    since: "2026-01-01T00:00:00.000Z",
  });
  assert.deepEqual(
    onStandby.masters.map(({ host, role, place, isSelf }) => [
      ...[host, role, place, isSelf],
    ]),
    [["a", "leader", 0, false], ["b", "standby", 1, true]],
  );
  assert.deepEqual(onStandby.history, [{
    epoch: "7",
    host: "a",
    port: 8081,
    publishedAt: "2026-01-01T00:00:00.000Z",
    endedAt: null,
    gapMs: null,
    cause: "first",
  }]);
  assert.equal(onStandby.verdict.severity, "ok");
});

Deno.test("clusterDocument() says that the leader has not answered, and nothing that only it knows", () => {
  const answer = { kind: "silent", leaderSessionId: "session-a", cause: "refused" } as const;
  const document = clusterDocument(knownByStandby({ answer }));
  const { workers, workersCount, state, command, hasLeaderAnswered, lease } = document;
  assert.deepEqual([workers, workersCount, state, command, hasLeaderAnswered, lease], [
    ...[[], null, null, null, false, null],
  ]);
  assert.equal(document.verdict.severity, "critical");
});

Deno.test("clusterDocument() believes no answer of a leader that leads no more", () => {
  const document = clusterDocument(knownByStandby({ leader: undefined }));
  assert.equal(document.leader, null);
  assert.equal(document.hasLeaderAnswered, false);
});

Deno.test("clusterDocument() stays small, whatever others have written", () => {
  const long = "\u0007\u202e".repeat(5000);
  const many = Array.from({ length: 200 }, (_, index) => BigInt(index + 10));
  const election: ElectionPicture = {
    queue: many.map((session) => ({
      path: long,
      participant: `${session}${long}`.slice(0, 255),
      epoch: session,
      session,
    })),
    masters: many.map((session) => ({
      participant: `${session}${long}`.slice(0, 255),
      session,
      czxid: session,
      version: long,
      pid: 1,
      startedAt: long,
    })),
    history: Array.from({ length: 50 }, () => led("1", { host: long, publishedAt: long })),
  };
  const workers = Array.from({ length: 10_000 }, (_, index) => ({
    workerId: `${index}${long}`.slice(0, 300),
    host: long.slice(0, 300),
    pid: 1,
    millisecondsSinceHeartbeat: 0,
  }));
  const pause = { since: long, by: long, reason: long };
  const answer = told(leading({ workers }));
  const document = clusterDocument(knownByStandby({ election, pause, answer }));
  assert.equal(document.workers.length, MAX_WORKERS);
  assert.equal(document.workersCount, 10_000);
  const json = JSON.stringify(document);
  assert.ok(json.length < 1_000_000, `${json.length}`);
  assert.doesNotMatch(json, /\p{Cc}|\p{Cf}|\\u0007/u);
});

Deno.test("leaseOf() ages what the leader told, and is nothing where leadership cannot run out", () => {
  assert.deepEqual(leaseOf(knownByLeader()), { leftMs: 2500, lengthMs: 4000 });
  assert.deepEqual(leaseOf(knownByStandby()), { leftMs: 2400, lengthMs: 4000 });
  const old = told(leading(), 9000);
  assert.deepEqual(leaseOf(knownByStandby({ answer: old })), { leftMs: 0, lengthMs: 4000 });
  const own = leading({ leader: { ...leading().leader!, leaseLeftMs: null } });
  assert.equal(leaseOf(knownByLeader({ own })), null);
});

Deno.test("changeKey() is another one when something happens, not when time passes", () => {
  const key = (more: Parameters<typeof knownByStandby>[0]) =>
    changeKey(clusterDocument(knownByStandby(more)));
  const before = key({});
  assert.equal(key({ now: new Date(5), ticks: 1500 }), before);
  const older = leading({
    workers: [{ ...leading().workers[0]!, millisecondsSinceHeartbeat: 90 }],
  });
  assert.equal(key({ answer: told(older) }), before);
  const differences = [
    { own: standby({ role: "stopping" }) },
    { leader: undefined },
    { election: { ...PICTURE, queue: PICTURE.queue.slice(1) } },
    { election: { ...PICTURE, history: [led("7", { endedAt: "2026" })] } },
    { answer: told(leading({ workers: [] })) },
    { answer: told(leading({ command: { kind: "waiting" } })) },
    { pause: { since: "now", by: "me", reason: null } },
  ];
  for (const difference of differences) {
    assert.notEqual(key(difference), before, Deno.inspect(difference));
  }
});
