import assert from "node:assert/strict";
import { until } from "../../support/until.ts";

Deno.test("until() returns the first answer that satisfies", async () => {
  let count = 0;
  assert.equal(await until(() => ++count, (value) => value === 3, { intervalMs: 1 }), 3);
  assert.equal(count, 3);
});

Deno.test("until() asks again after a failed question", async () => {
  let count = 0;
  const read = () => {
    if (++count < 3) throw new Error("not yet");
    return "there";
  };
  assert.equal(await until(read, () => true, { intervalMs: 1 }), "there");
});

Deno.test("until() names the last answer when the limit passes", async () => {
  await assert.rejects(
    until(() => "standby", (role) => role === "leader", { limitMs: 15, intervalMs: 1 }),
    /Waited 15 ms in vain: the last answer was "standby"/,
  );
});

Deno.test("until() keeps the last failure as the cause", async () => {
  const refused = new Error("connection refused");
  const waiting = until(() => Promise.reject(refused), () => true, { limitMs: 15, intervalMs: 1 });
  await assert.rejects(waiting, (error: Error) => error.cause === refused);
});

Deno.test("until() does not wait longer than the limit for one answer", async () => {
  const silent = new Promise<never>(() => {});
  await assert.rejects(until(() => silent, () => true, { limitMs: 15 }), /no answer at all/);
});

Deno.test("until() rejects with the signal's reason", async () => {
  const controller = new AbortController();
  const reason = new Error("the test is over");
  const waiting = until(() => 1, () => false, { signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(waiting, reason);
});
