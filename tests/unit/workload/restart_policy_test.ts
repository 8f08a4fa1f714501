import assert from "node:assert/strict";
import {
  nextRestart,
  type RestartDecision,
  type RunOutcome,
} from "../../../src/workload/restart_policy.ts";

const OPTIONS = { initialDelayMs: 100, maxDelayMs: 350, attempts: 4, stableAfterMs: 1000 };
const FOR_EVER = { ...OPTIONS, attempts: Infinity };

const crash: RunOutcome = { kind: "ended", ranMs: 999 };
const stable: RunOutcome = { kind: "ended", ranMs: 1000 };
const failure: RunOutcome = { kind: "not-started", isPermanent: false };
const hopeless: RunOutcome = { kind: "not-started", isPermanent: true };
const late: RunOutcome = { kind: "out-of-time" };

const crashLoop: RestartDecision = { kind: "give-up", reason: "crash-loop" };
const cannotStart: RestartDecision = { kind: "give-up", reason: "cannot-start" };

/** The decisions on a row of outcomes, each reduced to its pause, or the reason for none. */
function decide(outcomes: readonly RunOutcome[], options = OPTIONS): (number | string)[] {
  let quickEnds = 0;
  return outcomes.map((outcome) => {
    const decision = nextRestart(quickEnds, outcome, options);
    if (decision.kind === "give-up") return decision.reason;
    quickEnds = decision.quickEnds;
    return decision.pauseMs;
  });
}

const TABLE: [string, readonly RunOutcome[], (number | string)[]][] = [
  ["doubles the pause after quick ends, and gives up at last (T28)", [crash, crash, crash, crash], [
    100,
    200,
    350,
    "crash-loop",
  ]],
  ["begins anew after a stable run", [crash, crash, stable, crash, crash], [
    100,
    200,
    100,
    100,
    200,
  ]],
  ["counts a failure to start as a quick end", [crash, failure, crash, failure], [
    100,
    200,
    350,
    "cannot-start",
  ]],
  ["gives up at once what can never start", [hopeless], ["cannot-start"]],
  ["does not blame the command for the end of its time", [late, crash, late, late, crash], [
    100,
    100,
    100,
    100,
    200,
  ]],
];

for (const [name, outcomes, expected] of TABLE) {
  Deno.test(`nextRestart() ${name}`, () => {
    assert.deepEqual(decide(outcomes), expected);
  });
}

Deno.test("nextRestart() never gives up where attempts are unlimited", () => {
  const outcomes = [hopeless, ...Array.from({ length: 2000 }, () => crash), failure];
  const decisions = decide(outcomes, FOR_EVER);
  assert.deepEqual(decisions.slice(0, 4), [100, 200, 350, 350]);
  assert.ok(decisions.every((decision) => typeof decision === "number" && decision <= 350));
});

Deno.test("nextRestart() gives up at the first quick end if only one attempt is allowed", () => {
  const once = { ...OPTIONS, attempts: 1 };
  assert.deepEqual(nextRestart(0, crash, once), crashLoop);
  assert.deepEqual(nextRestart(0, failure, once), cannotStart);
  assert.deepEqual(nextRestart(0, stable, once), { kind: "restart", pauseMs: 100, quickEnds: 0 });
});
