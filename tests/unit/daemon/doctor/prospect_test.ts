import assert from "node:assert/strict";
import type { ClusterFacts } from "../../../../src/daemon/doctor/facts.ts";
import { prospectOf } from "../../../../src/daemon/doctor/prospect.ts";
import { cluster, contender, election, LEADER, master, says, silent } from "./cluster_facts.ts";

const PAUSE = { since: "2025-01-02T03:04:05.678Z", by: "root@host", reason: null };
const HOST = { name: "here", takenPorts: [], fullRanges: [], fullDisks: [], warnings: [] };
const RANGE = { key: "the.key", range: "1-2", needed: 1, free: 0 };

/** Of b:8081, which stands behind the leader unless told otherwise. */
function of(answer: Parameters<typeof master>[1], more: Partial<ClusterFacts> = {}) {
  const masters = [LEADER, master("b:8081", answer, { isLocal: true })];
  return prospectOf(cluster({ masters, ...more }), "B:8081");
}

Deno.test("prospectOf() says that a master leads, or would behind others", () => {
  const { sentence, severity } = prospectOf(cluster(), "a:8081");
  assert.deepEqual([sentence, severity], ["a:8081 (epoch 7) leads", "ok"]);
  assert.equal(of(says()).sentence, "b:8081 would lead, behind a:8081");
  assert.equal(of(says()).severity, "ok");
  const first = of(says(), {
    election: election({ leader: undefined, queue: [contender("b:8081")] }),
  });
  assert.equal(first.name, "first");
});

Deno.test("prospectOf() says why a master would not lead", () => {
  const reasons: [string, ReturnType<typeof of>][] = [
    ["silent", of(silent())],
    ["port-taken", of({ kind: "foreign", fact: "nginx" })],
    [
      "port-taken",
      of(silent(), {
        host: { ...HOST, takenPorts: [{ master: "b:8081", port: 8081 }] },
      }),
    ],
    ["range-full", of(silent(), { host: { ...HOST, fullRanges: [RANGE] } })],
    ["disconnected", of(says({ connection: "connecting" }))],
    ["busy", of(says({ role: "starting" }))],
    ["cooling-down", of(says({ command: { kind: "cooling-down" } }))],
    ["paused", of(says(), { election: election({ pause: PAUSE }) })],
    ["not-queued", of(says(), { election: election({ queue: [contender("a:8081")] }) })],
    ["unknown-place", of(says(), { election: { kind: "unreachable", cause: "refused" } })],
    [
      "stuck",
      of(says(), {
        election: election({
          leader: undefined,
          queue: [contender("x", { isMaster: false }), contender("b:8081")],
        }),
      }),
    ],
    ["unknown-master", prospectOf(cluster(), "c:8081")],
  ];
  for (const [name, prospect] of reasons) {
    assert.deepEqual([prospect.name, prospect.severity], [name, "warning"], prospect.sentence);
    assert.ok(prospect.advice !== null && prospect.sentence.toLowerCase().includes(":8081"));
  }
});

Deno.test("prospectOf() takes a leader for one also while failovers are paused or it is cut off", () => {
  const masters = [master("a:8081", says({ role: "leader", connection: "suspended" }))];
  const facts = cluster({ masters, election: election({ pause: PAUSE }) });
  assert.equal(prospectOf(facts, "a:8081").name, "leads");
});
