import assert from "node:assert/strict";
import { knownLeader, placeOf, reportOf } from "../../../../src/daemon/cluster_view/knowledge.ts";
import { knownByLeader, knownByStandby, LEADER, leading, told } from "./a_cluster.ts";

Deno.test("placeOf() takes a host and a port apart, and invents none", () => {
  const cases = [
    ["a:8081", { host: "a", port: 8081 }],
    ["[::1]:8081", { host: "::1", port: 8081 }],
    ["flink", { host: "flink", port: 0 }],
    ["a:99999", { host: "a:99999", port: 0 }],
    ["[x]:1", { host: "[x]:1", port: 0 }],
    ["a\u0007b:1", { host: "a?b", port: 1 }],
    ["", { host: "", port: 0 }],
  ] as const;
  for (const [text, place] of cases) assert.deepEqual(placeOf(text), place, text);
});

Deno.test("knownLeader() trusts the own leadership more than what is published", () => {
  const { details: _, ...other } = { ...LEADER, leaderSessionId: "other" };
  const own = knownLeader(knownByLeader({ leader: other }));
  assert.deepEqual([own?.own, own?.leaderSessionId, own?.place], [
    ...[true, "session-a", { host: "a", port: 8081 }],
  ]);
  const seen = knownLeader(knownByStandby({ leader: other }));
  assert.deepEqual([seen?.own, seen?.place, seen?.epoch], [false, undefined, null]);
  assert.equal(knownLeader(knownByStandby({ leader: undefined })), undefined);
});

Deno.test("reportOf() is what the leader of now told", () => {
  const answer = told(leading());
  assert.notEqual(reportOf(knownByStandby({ answer })), undefined);
  const other = { ...LEADER, leaderSessionId: "other" };
  assert.equal(reportOf(knownByStandby({ answer, leader: other })), undefined);
});
