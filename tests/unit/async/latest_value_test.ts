import assert from "node:assert/strict";
import { LatestValue } from "../../../src/async/latest_value.ts";

Deno.test("changes() gives the value now and each newest one", async () => {
  const controller = new AbortController();
  const value = new LatestValue(1);
  const changes = value.changes({ signal: controller.signal });
  assert.deepEqual(await changes.next(), { value: 1, done: false });
  value.set(2);
  assert.deepEqual(await changes.next(), { value: 2, done: false });
  const next = changes.next();
  value.set(3);
  assert.deepEqual(await next, { value: 3, done: false });
});

Deno.test("changes() passes over values that were replaced before they were looked at", async () => {
  const value = new LatestValue("a");
  const changes = value.changes({ signal: new AbortController().signal });
  await changes.next();
  value.set("b");
  value.set("c");
  assert.equal((await changes.next()).value, "c");
});

Deno.test("changes() ends when the signal aborts", async () => {
  const controller = new AbortController();
  const changes = new LatestValue(1).changes({ signal: controller.signal });
  await changes.next();
  const next = changes.next();
  controller.abort();
  assert.equal((await next).done, true);
});

Deno.test("set() wakes nobody for an identical value", async () => {
  const controller = new AbortController();
  const value = new LatestValue(1);
  const changes = value.changes({ signal: controller.signal });
  await changes.next();
  const next = changes.next();
  value.set(1);
  controller.abort();
  assert.equal((await next).done, true);
});

Deno.test("until() resolves with the first value that satisfies", async () => {
  const value = new LatestValue(1);
  const found = value.until((number) => number > 2, { signal: new AbortController().signal });
  value.set(2);
  await Promise.resolve();
  value.set(3);
  assert.equal(await found, 3);
});

Deno.test("until() rejects with the signal's reason", async () => {
  const controller = new AbortController();
  const waiting = new LatestValue(1).until((number) => number > 2, controller);
  const reason = new Error("enough");
  controller.abort(reason);
  await assert.rejects(waiting, reason);
});

Deno.test("until() keeps nothing of a follower that went, although the value stays", async () => {
  const program = new URL("./collected_follower.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--v8-flags=--expose-gc", program],
  }).output();
  assert.equal(new TextDecoder().decode(stdout), "collected 1\n");
});
