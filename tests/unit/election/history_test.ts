import assert from "node:assert/strict";
import {
  decodeHistory,
  encodeHistory,
  type PastLeadership,
  withBegun,
  withEnded,
} from "../../../src/election/history.ts";
import { led } from "./past_leaderships.ts";

const ENDED_AT = "2026-01-02T00:00:00.000Z";
const bytes = (text: string) => new TextEncoder().encode(text);

function decoded(document: unknown): readonly PastLeadership[] {
  const found = decodeHistory(bytes(JSON.stringify(document)));
  assert.equal(found.kind, "readable");
  return (found as { leaderships: readonly PastLeadership[] }).leaderships;
}

Deno.test("decodeHistory() reads what encodeHistory() wrote, the newest 50 of it", () => {
  const all = Array.from({ length: 60 }, (_, index) => led(String(100 - index), { gapMs: 1.5 }));
  const found = decodeHistory(encodeHistory(all));
  assert.deepEqual(found, { kind: "readable", leaderships: all.slice(0, 50) });
});

Deno.test("decodeHistory() takes what is no history for garbage, and leaves another format alone", () => {
  for (const text of ["", "{", "null", "[]", "7", "{}", '{"leaderships":[]}', '{"format":1}']) {
    assert.equal(decodeHistory(bytes(text)).kind, "garbage", text);
  }
  assert.equal(decodeHistory(new Uint8Array([0xff, 0xfe, 0])).kind, "garbage");
  assert.equal(decodeHistory(bytes('{"format":2,"leaderships":{}}')).kind, "other-format");
});

Deno.test("decodeHistory() passes over entries that are no leaderships", () => {
  const good = led("7");
  const bad = [null, 1, [], {}, { ...good, epoch: 7 }, { ...good, epoch: "x" }];
  const worse = [{ ...good, port: 70_000 }, { ...good, host: "h".repeat(256) }];
  assert.deepEqual(decoded({ format: 1, leaderships: [...bad, ...worse, good] }), [good]);
});

Deno.test("decodeHistory() takes what it does not know for unknown", () => {
  const strange = { cause: "aliens", ending: "boom", gapMs: -1, endedAt: 5, process: { pid: "1" } };
  assert.deepEqual(decoded({ format: 1, leaderships: [{ ...led("7"), ...strange }] }), [
    led("7", { cause: "unknown", process: null }),
  ]);
});

Deno.test("withBegun() puts a leadership first, and ends the one before it", () => {
  const [older, newest] = [led("1", { endedAt: "2020" }), led("2")];
  const begun = led("3", { cause: "crashed" });
  assert.deepEqual(withBegun([], begun, { endedAt: null }), [begun]);
  assert.deepEqual(withBegun([newest, older], begun, { endedAt: ENDED_AT }), [
    begun,
    { ...newest, endedAt: ENDED_AT },
    older,
  ]);
});

Deno.test("withBegun() leaves the end that a leader itself has written", () => {
  const ended = led("2", { endedAt: "earlier", ending: "stopped" });
  const [, before] = withBegun([ended], led("3"), { endedAt: ENDED_AT });
  assert.deepEqual(before, ended);
});

Deno.test("withBegun() is the same history if the leadership is in it already", () => {
  const history = [led("3"), led("2")];
  assert.equal(withBegun(history, led("3", { cause: "expired" }), { endedAt: ENDED_AT }), history);
});

Deno.test("withEnded() ends one leadership, and none that is not there", () => {
  const history = [led("3"), led("2")];
  const end = { endedAt: ENDED_AT, ending: "switchover" } as const;
  assert.deepEqual(withEnded(history, { epoch: "2", ...end }), [led("3"), led("2", end)]);
  assert.deepEqual(withEnded(history, { epoch: "9", ...end }), history);
});
