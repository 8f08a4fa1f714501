import assert from "node:assert/strict";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import { planSwitchover } from "../../../../src/election/switchover/plan.ts";
import { queueOf } from "./queue.ts";

const LEADER: LeaderInformation = {
  leaderSessionId: "00112233-4455-6677-8899-aabbccddeeff",
  address: "http://a:1",
  details: { host: "a", webuiPort: 1, rpcPort: 2, epoch: 100n, version: "1" },
};

function plan(
  names: readonly string[],
  to?: string,
  leader: LeaderInformation | undefined = LEADER,
) {
  return planSwitchover({ queue: queueOf(...names), leader, to });
}

function refusal(kind: string, details = {}) {
  return { kind: "refused", refusal: { kind, ...details } };
}

function targetOf(planning: ReturnType<typeof plan>): string | undefined {
  return planning.kind === "plan" ? planning.plan.target.participant : undefined;
}

Deno.test("planSwitchover() takes the one that is named, or the first standby", () => {
  assert.equal(targetOf(plan(["A", "B", "C"], "C")), "C");
  assert.equal(targetOf(plan(["A", "B", "C"])), "B");
  assert.equal(targetOf(plan(["A", "B", "~x"])), "B");
});

Deno.test("planSwitchover() says that the leader leads already", () => {
  assert.deepEqual(plan(["A", "B"], "A"), { kind: "leads-already", leader: LEADER });
});

Deno.test("planSwitchover() refuses without a leader", () => {
  assert.deepEqual(
    planSwitchover({ queue: queueOf("A"), leader: undefined, to: undefined }),
    refusal("no-leader"),
  );
  assert.deepEqual(plan([]), refusal("no-leader"));
});

Deno.test("planSwitchover() refuses when the leader that is published is not the first of the queue", () => {
  const details = { ...LEADER.details!, epoch: 99n };
  assert.deepEqual(plan(["A", "B"], "B", { ...LEADER, details }), refusal("changing"));
});

Deno.test("planSwitchover() refuses to ask a leader that is no master", () => {
  const { details: _, ...foreign } = LEADER;
  assert.deepEqual(
    plan(["~x", "B"], "B", foreign),
    refusal("foreign-leader", { address: "http://a:1" }),
  );
});

Deno.test("planSwitchover() refuses without another master", () => {
  assert.deepEqual(plan(["A"]), refusal("no-standby"));
  assert.deepEqual(plan(["A", "~x"]), refusal("no-standby"));
  assert.deepEqual(plan(["A"], "B"), refusal("no-standby"));
});

Deno.test("planSwitchover() names the standbys if the target is none of them", () => {
  const unknown = (target: string) => refusal("unknown-target", { target, standbys: ["B", "C"] });
  assert.deepEqual(plan(["A", "B", "~x", "C"], "D"), unknown("D"));
  assert.deepEqual(plan(["A", "B", "~x", "C"], "~x"), unknown("~x"));
});

Deno.test("planSwitchover() refuses if one that cannot step aside stands before the target", () => {
  const between = refusal("foreign-between", { participant: "~x", target: "C" });
  assert.deepEqual(plan(["A", "~x", "C"]), between);
  assert.deepEqual(plan(["A", "B", "~x", "C"], "C"), between);
});
