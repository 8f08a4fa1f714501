import assert from "node:assert/strict";
import { delay } from "../../../../src/async/delay.ts";
import { ProgressWatch } from "../../../../src/storage/http/progress_watch.ts";
import { until } from "../../../support/until.ts";

const { signal } = new AbortController();

Deno.test("ProgressWatch aborts when nothing moved for the limit, and not before", async () => {
  using watch = new ProgressWatch({ timeoutMs: 300, signal });
  let longestMs = 0;
  for (let move = 0; move < 10; move++) {
    const before = performance.now();
    await delay(50, { signal });
    watch.moved();
    longestMs = Math.max(longestMs, performance.now() - before);
  }
  // A busy machine may let more than the limit pass between two moves.
  assert.ok(!watch.signal.aborted || longestMs > 299);
  await until(() => watch.signal.aborted, Boolean);
  assert.equal(watch.signal.reason.kind, "timeout");
});

Deno.test("ProgressWatch waits while somebody pauses it", async () => {
  using watch = new ProgressWatch({ timeoutMs: 20, signal });
  watch.pause();
  watch.pause();
  watch.resume();
  await delay(60, { signal });
  assert.ok(!watch.signal.aborted);
  watch.resume();
  await until(() => watch.signal.aborted, Boolean);
});

Deno.test("ProgressWatch aborts with its caller, until it is disposed", () => {
  const stop = new AbortController();
  const watch = new ProgressWatch({ timeoutMs: 1e6, signal: stop.signal });
  const over = new ProgressWatch({ timeoutMs: 1e6, signal: stop.signal });
  over[Symbol.dispose]();
  over.resume();
  stop.abort(new Error("enough"));
  assert.equal(watch.signal.reason.message, "enough");
  assert.ok(!over.signal.aborted);
});
