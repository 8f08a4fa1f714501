import assert from "node:assert/strict";
import {
  type Act,
  actFor,
  mustStandAside,
  type Situation,
} from "../../../../src/election/switchover/act.ts";
import { queueOf, sessionOf } from "./queue.ts";

/** A switchover from A to C, in which C has said that it is ready unless told. */
function situation(
  queue: readonly string[],
  ready: Situation["ready"] = { id: "this", owner: sessionOf("C") },
): Situation {
  const target = { participant: "C", latchName: "latch of C" };
  const request = { id: "this", target, from: "A", timeoutMs: 1000 };
  return { request, ready, queue: queueOf(...queue) };
}

function act(name: string, found: Situation, { isLeading = false } = {}): Act {
  return actFor({ participant: name, latchName: `latch of ${name}`, isLeading }, found);
}

const NOT_READY: readonly Situation["ready"][] = [
  undefined,
  { id: "earlier", owner: sessionOf("C") },
  { id: "this", owner: sessionOf("B") },
];

Deno.test("actFor() lets the target confirm, until it has", () => {
  for (const ready of NOT_READY) {
    const found = { ...situation(["A", "B", "C"]), ready };
    assert.equal(act("C", found), "confirm", Deno.inspect(ready));
  }
  assert.equal(act("C", situation(["A", "B", "C"])), "nothing");
});

Deno.test("actFor() lets the other standbys step aside, before the target and behind it", () => {
  assert.equal(act("B", situation(["A", "B", "C", "D"])), "step-aside");
  assert.equal(act("D", situation(["A", "B", "C", "D"])), "step-aside");
});

Deno.test("actFor() lets the one that has handed over stand behind the target", () => {
  assert.equal(act("A", situation(["C", "A"])), "nothing");
});

Deno.test("actFor() lets nobody step aside for a target that is gone", () => {
  assert.equal(act("B", situation(["A", "B"])), "nothing");
});

Deno.test("actFor() lets the leader hand over to a target that is ready and next", () => {
  for (const queue of [["A", "C"], ["A", "C", "~x"], ["A", "C", "~x", "~y"]]) {
    assert.equal(act("A", situation(queue), { isLeading: true }), "hand-over", String(queue));
  }
});

Deno.test("actFor() lets the leader wait while a master is in the way", () => {
  const queues = [["A", "B", "C"], ["A", "C", "B"], ["A", "C", "~x", "B"], ["A"], ["A", "~x", "C"]];
  for (const queue of queues) {
    assert.equal(act("A", situation(queue), { isLeading: true }), "nothing", String(queue));
  }
});

Deno.test("actFor() lets the leader wait for a target that is not ready, by its own word", () => {
  for (const ready of NOT_READY) {
    const found = { ...situation(["A", "C"]), ready };
    assert.equal(act("A", found, { isLeading: true }), "nothing", Deno.inspect(ready));
  }
});

Deno.test("actFor() lets a leader that is not the first wait: its place is gone", () => {
  assert.equal(act("A", situation(["B", "C"]), { isLeading: true }), "nothing");
});

Deno.test("actFor() lets a leader hand over that was not yet leading when the request was made", () => {
  assert.equal(act("B", situation(["B", "C"]), { isLeading: true }), "hand-over");
});

Deno.test("actFor() asks nothing of the target once it leads", () => {
  assert.equal(act("C", situation(["C", "A"]), { isLeading: true }), "nothing");
  assert.equal(act("C", situation(["C", "A"], undefined), { isLeading: true }), "nothing");
});

Deno.test("mustStandAside() keeps out a newcomer and the target under another place, not the old leader", () => {
  assert.equal(mustStandAside("D", situation(["A", "C"])), true);
  assert.equal(mustStandAside("C", situation(["A", "C"])), true);
  assert.equal(mustStandAside("A", situation(["C"])), false);
  assert.equal(mustStandAside("D", situation(["A"])), false);
});
