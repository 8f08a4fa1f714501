import assert from "node:assert/strict";
import { drawInterleaving } from "../../faults/interleaving.ts";
import { randomSource } from "../election/random_source.ts";

const SESSION_TIMEOUT_MS = 2000;

function draw(seed: number, servers = 3) {
  const { below } = randomSource(seed);
  return drawInterleaving({ below, masters: 3, servers, sessionTimeoutMs: SESSION_TIMEOUT_MS });
}

const MANY = Array.from({ length: 500 }, (_, seed) => draw(seed));

Deno.test("drawInterleaving() gives the same faults for the same seed", () => {
  assert.deepEqual(draw(42), draw(42));
  assert.notDeepEqual(draw(42), draw(43));
});

Deno.test("drawInterleaving() never has two faults of one part at a time", () => {
  for (const steps of MANY) {
    for (const [index, step] of steps.entries()) {
      for (const other of steps.slice(0, index)) {
        const isSame = step.part === other.part && step.index === other.index;
        assert.ok(!isSame || step.beginMs > other.endMs, Deno.inspect(steps));
      }
    }
  }
});

Deno.test("drawInterleaving() has faults of different parts that overlap, and every kind of fault", () => {
  const isOverlapping = MANY.filter((steps) =>
    steps.some((step, index) => index > 0 && step.beginMs < steps[index - 1]!.endMs)
  );
  assert.ok(isOverlapping.length > MANY.length / 2);
  const kinds = new Set(MANY.flat().map(({ part, fault }) => `${part} ${fault}`));
  assert.equal(kinds.size, 15);
});

Deno.test("drawInterleaving() spares the links of a quorum where there is one server", () => {
  const steps = Array.from({ length: 100 }, (_, seed) => draw(seed, 1)).flat();
  assert.ok(steps.every(({ part }) => part !== "quorum link"));
  assert.ok(steps.every(({ part, index }) => part !== "server" || index === 0));
});
