import assert from "node:assert/strict";
import { Attempts, type RetryOptions, withRetries } from "../../../src/storage/retry.ts";

const options: RetryOptions = {
  limits: { attempts: 3, withinMs: 10_000, initialMs: 1, maxMs: 2 },
  isPassing: (error) => error instanceof RangeError,
  signal: new AbortController().signal,
};

Deno.test("withRetries() tries until it works", async () => {
  const counts: number[] = [];
  const result = await withRetries((count) => {
    counts.push(count);
    return count < 3 ? Promise.reject(new RangeError("not yet")) : Promise.resolve("done");
  }, options);
  assert.equal(result, "done");
  assert.deepEqual(counts, [1, 2, 3]);
});

Deno.test("withRetries() throws the last failure when the attempts are used up", async () => {
  let count = 0;
  const attempt = () => Promise.reject(new RangeError(`failure ${++count}`));
  await assert.rejects(withRetries(attempt, options), { message: "failure 3" });
});

Deno.test("withRetries() does not repeat what does not pass", async () => {
  let count = 0;
  const attempt = () => Promise.reject(new TypeError(`failure ${++count}`));
  await assert.rejects(withRetries(attempt, options), { message: "failure 1" });
});

Deno.test("withRetries() begins no attempt when its time is over", async () => {
  let count = 0;
  const attempt = () => Promise.reject(new RangeError(`failure ${++count}`));
  const limits = { attempts: 100, withinMs: 50, initialMs: 100_000, maxMs: 100_000 };
  await assert.rejects(withRetries(attempt, { ...options, limits }), { message: "failure 1" });
});

Deno.test("withRetries() ends its pause, and its attempts, with its signal", async () => {
  const stop = new AbortController();
  const limits = { ...options.limits, withinMs: 1e6, initialMs: 100_000, maxMs: 100_000 };
  let count = 0;
  const waiting = withRetries(() => {
    count += 1;
    return Promise.reject(new RangeError("not yet"));
  }, { ...options, limits, signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  assert.equal(count, 1);
});

Deno.test("Attempts count anew once something was brought", async () => {
  const attempts = new Attempts(options);
  for (let round = 0; round < 5; round++) {
    await attempts.waitAfter(new RangeError("broken off"));
    await attempts.waitAfter(new RangeError("broken off"));
    assert.equal(attempts.count, 3);
    attempts.progressed();
    assert.equal(attempts.count, 1);
  }
  await attempts.waitAfter(new RangeError("1"));
  await attempts.waitAfter(new RangeError("2"));
  await assert.rejects(attempts.waitAfter(new RangeError("3")), { message: "3" });
});
