import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";

const never = new AbortController().signal;

Deno.test("delay() resolves after at least the time asked for", async () => {
  const startedAt = performance.now();
  await delay(5, { signal: never });
  // Timers count in whole milliseconds of a clock that performance.now() reads more finely.
  assert.ok(performance.now() - startedAt >= 4);
});

Deno.test("delay() rejects with the reason of a signal that has aborted", async () => {
  const reason = new Error("enough");
  await assert.rejects(delay(60_000, { signal: AbortSignal.abort(reason) }), reason);
});

Deno.test({
  name: "delay() rejects as soon as the signal aborts and leaves no timer",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    const controller = new AbortController();
    const waiting = delay(60_000, { signal: controller.signal });
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(waiting, reason);
  },
});
