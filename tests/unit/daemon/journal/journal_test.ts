import assert from "node:assert/strict";
import { Journal } from "../../../../src/daemon/journal/journal.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const numbers = (bytes: Uint8Array) =>
  [...text(bytes).matchAll(/^id: b\.(\d+)$/gm)].map(([, digits]) => Number(digits));

function start(maxEntries = 4): Journal {
  return new Journal({ maxEntries, boot: "b", now: () => new Date(0) });
}

Deno.test("Journal keeps what happened, with an id and a time", () => {
  const journal = start();
  journal.note("leader", "a:1 leads", { epoch: "7" });
  assert.deepEqual(journal.document(), {
    boot: "b",
    events: [{
      id: "b.1",
      at: "1970-01-01T00:00:00.000Z",
      kind: "leader",
      message: "a:1 leads",
      epoch: "7",
    }],
  });
  assert.equal(journal.last, 1);
});

Deno.test("Journal has another boot each time", () => {
  const boots = new Set(Array.from({ length: 3 }, () => new Journal().document().boot));
  assert.equal(boots.size, 3);
});

Deno.test("Journal.after() gives all behind a number, in one text for all readers", () => {
  const journal = start();
  for (const word of ["one", "two", "three"]) journal.note("role", word);
  assert.deepEqual(numbers(journal.after(0)), [1, 2, 3]);
  assert.deepEqual(numbers(journal.after(2)), [3]);
  assert.equal(journal.after(3).length, 0);
  assert.equal(journal.after(1).buffer, journal.after(0).buffer);
  journal.note("role", "four");
  assert.deepEqual(numbers(journal.after(2)), [3, 4]);
});

Deno.test("Journal drops the oldest of the kind of which there is most", () => {
  const journal = start();
  journal.note("leader", "nobody is known to lead");
  for (let worker = 1; worker <= 100; worker++) journal.note("worker", `worker ${worker}`);
  journal.note("role", "leads");
  const { events } = journal.document();
  assert.deepEqual(events.map(({ message }) => message), [
    "nobody is known to lead",
    "worker 99",
    "worker 100",
    "leads",
  ]);
  assert.deepEqual(numbers(journal.after(50)), [100, 101, 102].slice(0, 3));
});

Deno.test("Journal.numberOf() knows its own ids only", () => {
  const journal = start();
  journal.note("role", "leads");
  assert.equal(journal.numberOf("b.1"), 1);
  for (const id of [undefined, "", "b.2", "a.1", "b.", "b.1.1", "b.-1", `b.${"9".repeat(400)}`]) {
    assert.equal(journal.numberOf(id), 0, id);
  }
});

Deno.test("Journal cuts texts, and lets none of them break its lines", () => {
  const journal = start();
  journal.note("worker", "x".repeat(5000), { host: "y".repeat(5000), other: "a\r\n\nevent: b" });
  const [event] = journal.document().events;
  assert.equal(event!.message.length, 300);
  assert.equal(String(event!.host).length, 300);
  assert.equal(text(journal.after(0)).trimEnd().split(/\r|\n/).length, 3);
});

Deno.test("Journal tells who listens of each entry, until they do not", () => {
  const journal = start();
  let heard = 0;
  const stop = journal.onNote(() => heard++);
  journal.note("role", "leads");
  stop();
  journal.note("role", "stops");
  assert.equal(heard, 1);
});
