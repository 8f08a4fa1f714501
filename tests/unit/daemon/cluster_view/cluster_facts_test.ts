import assert from "node:assert/strict";
import { clusterFacts } from "../../../../src/daemon/cluster_view/cluster_facts.ts";
import { verdictOf } from "../../../../src/daemon/doctor/verdict.ts";
import { knownByLeader, knownByStandby, leading, PICTURE, standby, told } from "./a_cluster.ts";

type Knowledge = NonNullable<Parameters<typeof knownByStandby>[0]>;

const nameOnStandby = (more: Knowledge = {}) => verdictOf(clusterFacts(knownByStandby(more))).name;

Deno.test("clusterFacts() make a verdict that all is well, on the leader and on a standby", () => {
  assert.equal(nameOnStandby(), verdictOf(clusterFacts(knownByLeader())).name);
  assert.equal(verdictOf(clusterFacts(knownByStandby())).severity, "ok");
});

Deno.test("clusterFacts() tell who is published, by the epoch of its place", () => {
  const { election } = clusterFacts(knownByStandby());
  assert.equal(election.kind, "seen");
  const { queue, leader } = election as typeof election & { kind: "seen" };
  assert.deepEqual(leader, { name: "a:8081", isMasterd: true, epoch: "7" });
  assert.deepEqual(
    queue?.map(({ participant, isMaster, isPublished, session }) => [
      ...[participant, isMaster, isPublished, session],
    ]),
    [["a:8081", true, true, "0x1"], ["b:8082", true, false, "0x2"]],
  );
});

Deno.test("clusterFacts() tell what is wrong with the leader's command and state", () => {
  const command = { kind: "cooling-down", reason: "crash-loop" } as const;
  const state = { kind: "degraded", entries: 1, broken: [], brokenCount: 1 } as const;
  const own = leading({ command, state: { ...state, broken: [] } });
  for (const knowledge of [knownByLeader({ own }), knownByStandby({ answer: told(own) })]) {
    const [leader] = clusterFacts(knowledge).masters;
    assert.equal(leader?.answer.kind, "master");
    const { command, stateProblem } = leader!.answer as typeof leader.answer & { kind: "master" };
    assert.deepEqual([command, stateProblem], [
      { kind: "cooling-down", reason: "crash-loop" },
      "1 of its entries is broken",
    ]);
  }
});

Deno.test("clusterFacts() tell of a leader that is silent, and of masters that are not there", () => {
  const answer = { kind: "silent", leaderSessionId: "session-a", cause: "refused" } as const;
  const [leader] = clusterFacts(knownByStandby({ answer })).masters;
  assert.deepEqual(leader?.answer, { kind: "silent", cause: "refused" });
  const configured = [{ host: "c", port: 8083 }];
  const missing = clusterFacts(knownByStandby({ configured })).masters.at(-1);
  assert.deepEqual(missing?.answer, { kind: "silent", cause: "it is not registered" });
  const early = clusterFacts(knownByStandby({ configured, election: undefined })).masters.at(-1);
  assert.deepEqual(early?.answer, { kind: "unasked" });
});

Deno.test("clusterFacts() tell that ZooKeeper cannot be reached, or is not used", () => {
  const own = standby({ connection: { kind: "suspended", lastError: "refused" } });
  assert.deepEqual(clusterFacts(knownByStandby({ own })).election, {
    kind: "unreachable",
    cause: "refused",
  });
  const alone = standby({ connection: { kind: "none" } });
  assert.deepEqual(clusterFacts(knownByStandby({ own: alone })).election, { kind: "none" });
  const nobody = { ...PICTURE, queue: [], masters: [] };
  const { kind } = clusterFacts(knownByStandby({ election: nobody, leader: undefined })).election;
  assert.equal(kind, "seen");
});
