import assert from "node:assert/strict";
import { delay } from "../../../src/async/delay.ts";
import { runTogether, type Service } from "../../../src/async/run_together.ts";

const untilStopped: Service = (signal) => delay(60_000, { signal });

Deno.test("runTogether() ends all services when the first one ends", async () => {
  const ended: string[] = [];
  await runTogether([
    (signal) => untilStopped(signal).finally(() => ended.push("long")),
    () => Promise.resolve(),
  ], new AbortController().signal);
  assert.deepEqual(ended, ["long"]);
});

Deno.test("runTogether() waits for services that take their time to end", async () => {
  let isTornDown = false;
  await runTogether([
    async (signal) => {
      await untilStopped(signal).catch(() => {});
      await Promise.resolve();
      isTornDown = true;
    },
    () => Promise.resolve(),
  ], new AbortController().signal);
  assert.ok(isTornDown);
});

Deno.test("runTogether() throws the error of the service that failed first", async () => {
  const failure = new Error("broken");
  const services: Service[] = [
    (signal) => untilStopped(signal).catch(() => Promise.reject(new Error("later"))),
    () => Promise.reject(failure),
  ];
  await assert.rejects(runTogether(services, new AbortController().signal), failure);
});

Deno.test("runTogether() returns when the caller's signal aborts", async () => {
  const controller = new AbortController();
  const running = runTogether([untilStopped, untilStopped], controller.signal);
  controller.abort(new Error("stop"));
  await running;
});
