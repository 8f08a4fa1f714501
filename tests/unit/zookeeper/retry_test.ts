import assert from "node:assert/strict";
import { isZkError, ZkError } from "../../../src/zookeeper/errors.ts";
import { untilAnswered } from "../../../src/zookeeper/retry.ts";

const connectionLoss = () => new ZkError("ConnectionLoss", { operation: "getData" });

Deno.test("untilAnswered() repeats an act while the connection is lost under it", async () => {
  let count = 0;
  const answer = await untilAnswered(() => {
    count++;
    return count < 4 ? Promise.reject(connectionLoss()) : Promise.resolve("yes");
  }, { signal: AbortSignal.timeout(5000) });
  assert.deepEqual([answer, count], ["yes", 4]);
});

for (const code of ["SessionExpired", "SessionClosed", "NoNode"] as const) {
  Deno.test(`untilAnswered() ends with ${code}`, async () => {
    let count = 0;
    const failing = untilAnswered(() => {
      count++;
      return Promise.reject(new ZkError(code, { operation: "getData" }));
    }, { signal: AbortSignal.timeout(5000) });
    await assert.rejects(failing, (error) => isZkError(error, code));
    assert.equal(count, 1);
  });
}

Deno.test("untilAnswered() ends with the signal, before the next try", async () => {
  const controller = new AbortController();
  let count = 0;
  const failing = untilAnswered(() => {
    if (++count === 3) controller.abort(new Error("enough"));
    return Promise.reject(connectionLoss());
  }, { signal: controller.signal });
  await assert.rejects(failing, /enough/);
  assert.equal(count, 3);
});
