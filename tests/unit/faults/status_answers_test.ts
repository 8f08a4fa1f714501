import assert from "node:assert/strict";
import { type LeaderAnswer, staleAnswers } from "../../faults/status_answers.ts";

function answer(epoch: bigint, askedMs: number, answeredMs: number): LeaderAnswer {
  return { master: `master-${epoch}`, epoch, askedMs, answeredMs };
}

Deno.test("staleAnswers() finds who says it leads after another's command was at work", () => {
  const answers = [answer(7n, 100, 101), answer(7n, 201, 202)];
  const reigns = [{ epoch: 9n, firstMs: 200, lastMs: 300, starts: 1 }];
  assert.deepEqual(staleAnswers(answers, reigns), [answers[1]]);
});

Deno.test("staleAnswers() finds who says it leads after another said so", () => {
  const answers = [answer(9n, 100, 150), answer(7n, 151, 152)];
  assert.deepEqual(staleAnswers(answers, []), [answers[1]]);
});

Deno.test("staleAnswers() accuses nobody of an answer that may be older than its arrival", () => {
  const answers = [answer(7n, 100, 500), answer(9n, 200, 300)];
  const reigns = [{ epoch: 9n, firstMs: 150, lastMs: 300, starts: 1 }];
  assert.deepEqual(staleAnswers(answers, reigns), []);
});
