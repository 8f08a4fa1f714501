import assert from "node:assert/strict";
import { Alarm } from "../../../../src/daemon/cluster_view/alarm.ts";

const { signal } = new AbortController();

Deno.test("Alarm.next() resolves when it rings, at once if it rang before, and by its limit", async () => {
  const alarm = new Alarm();
  alarm.ring();
  await alarm.next(60_000, signal);
  const next = alarm.next(60_000, signal);
  alarm.ring();
  await next;
  await alarm.next(1, signal);
});

Deno.test("Alarm.next() rejects with the signal's reason", async () => {
  const alarm = new Alarm();
  const stop = new AbortController();
  const next = alarm.next(60_000, stop.signal);
  stop.abort(new Error("over"));
  await assert.rejects(next, /over/);
  await assert.rejects(alarm.next(1, stop.signal), /over/);
});
