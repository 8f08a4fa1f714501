import assert from "node:assert/strict";
import { Slots } from "../../../../src/storage/file/slots.ts";

/** Takes a place and says when it has it. */
function taker(slots: Slots, order: string[]) {
  return async (name: string, signal?: AbortSignal) => {
    const slot = await slots.take(signal);
    order.push(name);
    return slot;
  };
}

Deno.test("take() gives places in the order in which they were asked for", async () => {
  const order: string[] = [];
  const take = taker(new Slots(1), order);
  const first = await take("first");
  const second = take("second");
  const third = take("third");
  assert.deepEqual(order, ["first"]);
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  assert.deepEqual(order, ["first", "second", "third"]);
});

Deno.test("take() ends with its signal, and loses no place by it", async () => {
  const slots = new Slots(1);
  const take = taker(slots, []);
  const first = await take("first");
  const stop = new AbortController();
  const second = take("second", stop.signal);
  const third = take("third", new AbortController().signal);
  stop.abort(new Error("enough"));
  await assert.rejects(second, { message: "enough" });
  await assert.rejects(take("fourth", stop.signal), { message: "enough" });
  first[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  (await take("fifth"))[Symbol.dispose]();
});

Deno.test("take() passes a place on that was given at the moment of the abort", async () => {
  const slots = new Slots(1);
  const first = await slots.take();
  const stop = new AbortController();
  const second = slots.take(stop.signal);
  first[Symbol.dispose]();
  stop.abort(new Error("enough"));
  await second.then((slot) => slot[Symbol.dispose](), () => {});
  (await slots.take())[Symbol.dispose]();
});
