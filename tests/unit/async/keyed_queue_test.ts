import assert from "node:assert/strict";
import { KeyedQueue } from "../../../src/async/keyed_queue.ts";
import { nextTurn } from "../state/event_loop.ts";

Deno.test("run() begins a task once those of the same key before it have ended", async () => {
  const queue = new KeyedQueue<string>();
  const first = Promise.withResolvers<void>();
  const begun: string[] = [];
  const task = (name: string, until?: Promise<void>) => async () => {
    begun.push(name);
    await until;
    return name;
  };
  const runs = [
    queue.run("a", task("a1", first.promise)),
    queue.run("a", task("a2")),
    queue.run("a", task("a3")),
    queue.run("b", task("b1")),
  ];
  await nextTurn();
  assert.deepEqual(begun, ["a1", "b1"]);
  first.resolve();
  assert.deepEqual(await Promise.all(runs), ["a1", "a2", "a3", "b1"]);
  assert.deepEqual(begun, ["a1", "b1", "a2", "a3"]);
});

Deno.test("run() goes on behind a task that failed", async () => {
  const queue = new KeyedQueue<string>();
  const failed = queue.run("a", () => Promise.reject(new Error("of the first")));
  const next = queue.run("a", () => Promise.resolve("second"));
  await assert.rejects(failed, /of the first/);
  assert.equal(await next, "second");
});

Deno.test("run() rejects as a task does that throws before its first wait", async () => {
  const queue = new KeyedQueue<string>();
  const throwing = () => {
    throw new Error("at once");
  };
  await assert.rejects(queue.run("a", throwing), /at once/);
  assert.equal(await queue.run("a", () => Promise.resolve("next")), "next");
});

Deno.test("run() takes a task that comes while the last one ends", async () => {
  const queue = new KeyedQueue<string>();
  const order: string[] = [];
  const note = (name: string) => async () => {
    await nextTurn();
    order.push(name);
  };
  const first = queue.run("a", note("first")).then(() => queue.run("a", note("third")));
  const second = queue.run("a", note("second"));
  await Promise.all([first, second]);
  assert.deepEqual(order, ["first", "second", "third"]);
});
