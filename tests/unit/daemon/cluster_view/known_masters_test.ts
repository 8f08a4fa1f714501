import assert from "node:assert/strict";
import { knownMasters } from "../../../../src/daemon/cluster_view/known_masters.ts";
import { knownByLeader, knownByStandby, LEADER, PICTURE, standby } from "./a_cluster.ts";

function named(knowledge: Parameters<typeof knownMasters>[0]) {
  return knownMasters(knowledge).map(({ name, role, place, isRegistered, isListed }) => ({
    ...{ name, role, place, isRegistered, isListed },
  }));
}

Deno.test("knownMasters() lists those of the queue, then those that are configured only", () => {
  const configured = [{ host: "c", port: 8083 }, { host: "a", port: 8081 }];
  assert.deepEqual(named(knownByStandby({ configured })), [
    { name: "a:8081", role: "leader", place: 0, isRegistered: true, isListed: true },
    { name: "b:8082", role: "standby", place: 1, isRegistered: true, isListed: false },
    { name: "c:8083", role: "unknown", place: null, isRegistered: false, isListed: true },
  ]);
});

Deno.test("knownMasters() knows itself and the leader while ZooKeeper has not answered", () => {
  const knowledge = knownByStandby({ election: undefined, configured: undefined });
  assert.deepEqual(named(knowledge), [
    { name: "a:8081", role: "leader", place: null, isRegistered: false, isListed: undefined },
    { name: "b:8082", role: "standby", place: null, isRegistered: false, isListed: undefined },
  ]);
});

Deno.test("knownMasters() takes the newest registration of a master that was started again", () => {
  const [b, a] = PICTURE.masters;
  const again = { ...a!, session: 5n, czxid: 50n, pid: 11 };
  for (const masters of [[b!, a!, again], [again, a!, b!]]) {
    const election = { ...PICTURE, masters };
    const [first] = knownMasters(knownByStandby({ election, answer: { kind: "pending" } }))
      .filter(({ name }) => name === "a:8081");
    assert.deepEqual([first?.pid, first?.session], [11, "0x5"]);
  }
});

Deno.test("knownMasters() takes the first of the queue for the leader that is no masterd", () => {
  const election = {
    ...PICTURE,
    queue: [{ path: "/latch/0", participant: "flink", epoch: 1n, session: 9n }, ...PICTURE.queue],
  };
  const { details: _, ...leader } = LEADER;
  const [first, second] = knownMasters(knownByStandby({ election, leader }));
  assert.deepEqual([first?.name, first?.role, first?.host, first?.port], [
    ...["flink", "leader", "flink", 0],
  ]);
  assert.equal(second?.role, "standby");
});

Deno.test("knownMasters() knows the processes of others from their registrations and the leader's word", () => {
  const [leader, own] = knownMasters(knownByStandby());
  assert.deepEqual([leader?.connection, leader?.pid, leader?.version], ["connected", 10, "0.1.0"]);
  assert.deepEqual([own?.connection, own?.pid, own?.isSelf], ["connected", 20, true]);
  const [, other] = knownMasters(knownByLeader());
  assert.deepEqual([other?.connection, other?.pid, other?.isSelf], [null, 20, false]);
});

Deno.test("knownMasters() says of itself what it knows, not what others see", () => {
  const own = standby({ role: "stopping" });
  const [, self] = knownMasters(knownByStandby({ own }));
  assert.equal(self?.role, "stopping");
});
