import assert from "node:assert/strict";
import { Journal } from "../../../../src/daemon/journal/journal.ts";
import { WorkerNotes } from "../../../../src/daemon/journal/worker_notes.ts";
import type { WorkerChange } from "../../../../src/daemon/worker_registry.ts";

function start() {
  const journal = new Journal();
  const notes = new WorkerNotes(journal);
  return {
    notes,
    change(kind: WorkerChange["kind"], count: number) {
      for (let worker = 1; worker <= count; worker++) {
        notes.changed({ kind, workerId: `w${worker}`, host: "h" });
      }
    },
    told: () => journal.document().events.map(({ message }) => message),
  };
}

Deno.test("WorkerNotes tells of few workers one by one", () => {
  const { notes, change, told } = start();
  change("registered", 2);
  change("unregistered", 1);
  change("lost", 1);
  notes.sumUp();
  assert.deepEqual(told(), [
    "worker w1 registered",
    "worker w2 registered",
    "worker w1 unregistered",
    "worker w1 lost: no heartbeat",
  ]);
});

Deno.test("WorkerNotes sums up thousands that come at once, and begins anew", () => {
  const { notes, change, told } = start();
  change("registered", 10_000);
  change("lost", 11);
  notes.sumUp();
  assert.equal(told().length, 22);
  assert.deepEqual(told().slice(-2), [
    "9990 more workers registered",
    "1 more worker lost: no heartbeat",
  ]);
  notes.sumUp();
  change("registered", 1);
  assert.equal(told().at(-1), "worker w1 registered");
});
