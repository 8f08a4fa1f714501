import assert from "node:assert/strict";
import { Gate, type Waiter } from "../../../../src/quorum/server/gate.ts";

function setUp(isLogBehind = () => false) {
  const gate = new Gate({ durableZxid: 5n, maxOutstanding: 10, isLogBehind });
  const calls: string[] = [];
  const waiter = (name: string, until: bigint): Waiter => ({
    release: (zxid) => {
      calls.push(`${name} ${zxid}`);
      return zxid < until;
    },
    flush: () => calls.push(`${name} sent`),
  });
  return { gate, calls, waiter };
}

Deno.test("Gate.advance() releases those who wait until they wait no more, and sends", () => {
  const { gate, calls, waiter } = setUp();
  gate.wait(waiter("one", 6n));
  gate.wait(waiter("other", 7n));
  gate.advance(6n);
  gate.advance(7n);
  gate.advance(8n);
  assert.deepEqual(calls, [
    ...["one 6", "other 6", "one sent", "other sent"],
    ...["other 7", "other sent"],
  ]);
  assert.equal(gate.durableZxid, 8n);
});

Deno.test("Gate.flush() sends for each waiter once", () => {
  const { gate, calls, waiter } = setUp();
  const one = waiter("one", 0n);
  gate.send(one);
  gate.send(one);
  gate.flush();
  gate.flush();
  assert.deepEqual(calls, ["one sent"]);
});

Deno.test("Gate.remove() lets go of a waiter", () => {
  const { gate, calls, waiter } = setUp();
  const one = waiter("one", 9n);
  gate.wait(one);
  gate.send(one);
  gate.remove(one);
  gate.advance(9n);
  assert.deepEqual(calls, []);
});

Deno.test("Gate.isCongested tells of too many replies that wait, and of a log that lags", () => {
  const { gate } = setUp();
  gate.outstanding = 10;
  assert.equal(gate.isCongested, false);
  gate.outstanding = 11;
  assert.equal(gate.isCongested, true);
  assert.equal(setUp(() => true).gate.isCongested, true);
});
