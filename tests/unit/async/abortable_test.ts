import assert from "node:assert/strict";
import { abortable, aborted, withLimit } from "../../../src/async/abortable.ts";

const never = new Promise<never>(() => {});

Deno.test("abortable() settles as the promise does", async () => {
  const { signal } = new AbortController();
  assert.equal(await abortable(Promise.resolve(7), signal), 7);
  await assert.rejects(abortable(Promise.reject(new Error("no")), signal), { message: "no" });
});

Deno.test("abortable() rejects with the reason of the signal, before or while waiting", async () => {
  const stop = new AbortController();
  const waiting = abortable(never, stop.signal);
  stop.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  await assert.rejects(abortable(Promise.reject(new Error("no")), stop.signal), {
    message: "enough",
  });
});

Deno.test("aborted() resolves when the signal aborts", async () => {
  const stop = new AbortController();
  const waiting = aborted(stop.signal);
  stop.abort();
  await waiting;
  await aborted(stop.signal);
});

Deno.test("withLimit() aborts the step and names the act when it takes too long", async () => {
  let seen: AbortSignal | undefined;
  const step = (signal: AbortSignal) => {
    seen = signal;
    return never;
  };
  await assert.rejects(withLimit(step, { act: "Waiting", timeoutMs: 1 }), {
    name: "TimeoutError",
    message: "Waiting took longer than 1 ms",
  });
  assert.ok(seen?.aborted);
});

Deno.test("withLimit() passes the abort of its signal on", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(withLimit(() => never, { act: "Waiting", timeoutMs: 1000, signal }), {
    message: "enough",
  });
});
