import assert from "node:assert/strict";
import type { LeaderInformation } from "../../../../src/election/leadership.ts";
import { switchoverEnd } from "../../../../src/election/switchover/observer.ts";
import { queueOf } from "./queue.ts";

function leaderAt(host: string, leaderSessionId: string): LeaderInformation {
  const details = { host, webuiPort: 8081, rpcPort: 50010, epoch: 7n, version: "1" };
  return { leaderSessionId, address: `http://${host}:8081`, details };
}

const OLD = leaderAt("a", "old");
const [from, target] = queueOf("a:8081", "[::1]:8081") as [
  ReturnType<typeof queueOf>[number],
  ReturnType<typeof queueOf>[number],
];
const PLAN = { from, target, leader: OLD };

Deno.test("switchoverEnd() is reached when the target has published a leadership of its own", () => {
  const leader = leaderAt("::1", "new");
  for (const isTargetThere of [true, false]) {
    assert.deepEqual(switchoverEnd({ leader, isTargetThere }, PLAN), { kind: "switched", leader });
  }
});

Deno.test("switchoverEnd() is not reached while the old leader leads, or nobody does", () => {
  for (const leader of [OLD, undefined]) {
    assert.equal(switchoverEnd({ leader, isTargetThere: true }, PLAN), undefined);
  }
});

Deno.test("switchoverEnd() is a failure when another leads, be it the old one anew", () => {
  const failed = { kind: "failed", why: "another-leads" };
  const { details: _, ...foreign } = leaderAt("x", "new");
  for (const leader of [leaderAt("b", "new"), leaderAt("a", "new"), foreign]) {
    assert.deepEqual(switchoverEnd({ leader, isTargetThere: true }, PLAN), failed);
  }
});

Deno.test("switchoverEnd() is a failure when the target is gone before it led", () => {
  for (const leader of [OLD, undefined]) {
    assert.deepEqual(switchoverEnd({ leader, isTargetThere: false }, PLAN), {
      kind: "failed",
      why: "target-gone",
    });
  }
});
