import assert from "node:assert/strict";
import {
  eventJson,
  eventLine,
  parseEvent,
  parseJournal,
} from "../../../../src/cli/events/journal_text.ts";

const EVENT = { at: "2026-01-02T03:04:05.678Z", kind: "role", message: "leads", epoch: "7" };

Deno.test("parseEvent() takes the details of an event beside what each has", () => {
  assert.deepEqual(parseEvent({ ...EVENT, deep: { a: 1 }, none: null }, "b.1"), {
    id: "b.1",
    at: EVENT.at,
    kind: "role",
    message: "leads",
    details: { epoch: "7", none: null },
  });
  for (const other of [undefined, null, 1, "x", {}, { ...EVENT, at: 5 }]) {
    assert.equal(parseEvent(other, "b.1"), undefined);
  }
  assert.equal(parseEvent(EVENT, undefined), undefined);
});

Deno.test("parseJournal() passes over what is no event", () => {
  const read = parseJournal({ events: [null, { id: "b.1", ...EVENT }, { id: 7 }] });
  assert.deepEqual(read?.map(({ id }) => id), ["b.1"]);
  assert.equal(parseJournal({ error: "There is nothing" }), undefined);
});

Deno.test("eventLine() is one line, whatever others have written", () => {
  const hostile = { ...EVENT, message: "a\nb\x1b[2J", epoch: "\u202e" };
  const line = eventLine(parseEvent(hostile, "b.1")!);
  assert.doesNotMatch(line, /\p{Cc}|\p{Cf}/u);
  assert.equal(
    eventLine(parseEvent({ ...EVENT, message: "a:1 leads", leader: "a:1" }, "b.1")!),
    "2026-01-02T03:04:05.678Z  role        a:1 leads  epoch=7",
  );
});

Deno.test("eventLine() leaves out a detail only where the message has it as words of its own", () => {
  const event = { ...EVENT, message: "localhost:31753 leads", epoch: "31" };
  assert.match(eventLine(parseEvent(event, "b.1")!), /localhost:31753 leads {2}epoch=31$/);
});

Deno.test("eventJson() is a line of JSON with all of an event", () => {
  const line = eventJson(parseEvent(EVENT, "b.1")!);
  assert.deepEqual(JSON.parse(line), { id: "b.1", ...EVENT });
});
