import assert from "node:assert/strict";
import { orAborted, pause, withinLimit } from "../../../src/zookeeper/deadline.ts";

const sanitized = { sanitizeOps: true, sanitizeResources: true };
const never = new AbortController().signal;
const reason = new Error("too slow");

function endOf(signal: AbortSignal): Promise<never> {
  return orAborted(new Promise<never>(() => {}), signal);
}

Deno.test("withinLimit() gives the act's result and leaves no timer", sanitized, async () => {
  const limit = { ms: 60_000, reason, signal: never };
  assert.equal(await withinLimit(limit, () => Promise.resolve(5)), 5);
});

Deno.test("withinLimit() aborts the act with the reason when the time is over", async () => {
  await assert.rejects(withinLimit({ ms: 1, reason, signal: never }, endOf), reason);
});

Deno.test("withinLimit() aborts the act when the caller does", sanitized, async () => {
  const controller = new AbortController();
  const act = withinLimit({ ms: 60_000, reason, signal: controller.signal }, endOf);
  controller.abort(new Error("stop"));
  await assert.rejects(act, /stop/);
});

Deno.test("withinLimit() leaves no timer when the act throws", sanitized, async () => {
  const limit = { ms: 60_000, reason, signal: never };
  await assert.rejects(withinLimit(limit, () => Promise.reject(new Error("failed"))), /failed/);
});

Deno.test("orAborted() settles as the promise does", async () => {
  assert.equal(await orAborted(Promise.resolve(5), never), 5);
  assert.equal(await orAborted(Promise.resolve(5), undefined), 5);
  await assert.rejects(orAborted(Promise.reject(new Error("failed")), never), /failed/);
});

Deno.test("orAborted() does not wait when the signal aborts", async () => {
  const controller = new AbortController();
  const waiting = endOf(controller.signal);
  controller.abort(new Error("stop"));
  await assert.rejects(waiting, /stop/);
  await assert.rejects(endOf(controller.signal), /stop/);
});

Deno.test("orAborted() takes care of a promise that fails after the abort", async () => {
  const late = Promise.withResolvers<never>();
  await assert.rejects(orAborted(late.promise, AbortSignal.abort(new Error("stop"))), /stop/);
  // Would end the test run as an unhandled rejection.
  late.reject(new Error("late"));
  await Promise.allSettled([late.promise]);
});

Deno.test("pause() ends by itself", sanitized, () => pause(1, never));

Deno.test("pause() ends when the signal aborts, without an error", sanitized, async () => {
  const controller = new AbortController();
  const pausing = pause(60_000, controller.signal);
  controller.abort();
  await pausing;
  await pause(60_000, controller.signal);
});
