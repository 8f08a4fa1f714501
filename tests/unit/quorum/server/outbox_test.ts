import assert from "node:assert/strict";
import { Outbox } from "../../../../src/quorum/server/outbox.ts";

const bytes = (...values: number[]) => new Uint8Array(values);

function push(outbox: Outbox, value: number, gate: bigint, durable = 0n, sinceMs = 0) {
  outbox.push(bytes(value), { gate, durable, sinceMs });
}

function taken(outbox: Outbox): number[] {
  const chunk = outbox.take();
  const values = [...chunk];
  outbox.recycle(chunk);
  return values;
}

Deno.test("Outbox hands over at once what waits for nothing", () => {
  const outbox = new Outbox();
  push(outbox, 1, 5n, 5n);
  push(outbox, 2, 0n, 5n);
  assert.deepEqual(taken(outbox), [1, 2]);
  assert.equal(outbox.pendingBytes, 0);
});

Deno.test("Outbox holds frames back until their transaction is durable, in order", () => {
  const outbox = new Outbox();
  push(outbox, 1, 6n, 5n);
  push(outbox, 2, 0n, 5n);
  push(outbox, 3, 8n, 5n);
  assert.deepEqual([outbox.releasedBytes, outbox.waitingCount], [0, 3]);
  const told: number[] = [];
  outbox.release(7n, (count) => told.push(count));
  assert.deepEqual(taken(outbox), [1, 2]);
  assert.equal(outbox.waitingCount, 1);
  push(outbox, 4, 7n, 7n);
  assert.deepEqual(taken(outbox), []);
  outbox.release(8n, (count) => told.push(count));
  assert.deepEqual(taken(outbox), [3, 4]);
  assert.equal(told.reduce((sum, count) => sum + count), 4);
});

Deno.test("Outbox keeps every byte in order, whatever is released and taken when", () => {
  const outbox = new Outbox();
  const sent: number[] = [];
  let pushed = 0;
  for (let round = 0n; round < 500n; round++) {
    for (let count = 0; count < Number(round % 7n); count++) {
      push(outbox, pushed++ % 256, round, round - 3n, Number(round % 2n));
    }
    outbox.release(round - 2n, () => {});
    if (round % 3n === 0n) sent.push(...taken(outbox));
  }
  outbox.release(1000n, () => {});
  sent.push(...taken(outbox));
  assert.deepEqual(sent, Array.from({ length: pushed }, (_, index) => index % 256));
  assert.deepEqual([outbox.pendingBytes, outbox.waitingCount], [0, 0]);
});

Deno.test("Outbox.clear() forgets all", () => {
  const outbox = new Outbox();
  push(outbox, 1, 6n);
  outbox.clear();
  outbox.release(10n, () => assert.fail("nothing is left"));
  assert.deepEqual([outbox.pendingBytes, outbox.waitingCount], [0, 0]);
  push(outbox, 2, 1n, 1n);
  assert.deepEqual(taken(outbox), [2]);
});
