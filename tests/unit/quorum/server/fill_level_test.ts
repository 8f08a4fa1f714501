import assert from "node:assert/strict";
import { createLogger } from "../../../../src/log/logger.ts";
import { FillLevel } from "../../../../src/quorum/server/fill_level.ts";

/** The lines that weights lead to, of a limit of 100. */
function linesOf(weights: readonly number[]): string[] {
  const lines: string[] = [];
  const logger = createLogger("test", { write: (line) => lines.push(line) });
  const level = new FillLevel({ maxWeight: 100, logger });
  for (const weight of weights) level.observe(weight);
  return lines.map((line) => line.replace(/^\S+ \S+ +(\w+) +test - /, "$1 ").trimEnd());
}

const NEARLY = "WARN the tree is nearly full bytes=80 limit=100";
const FULL = "ERROR the tree is full: what makes it grow is refused bytes=100 limit=100";

for (
  const { weights, lines } of [
    { weights: [0, 50, 79], lines: [] },
    { weights: [80], lines: [NEARLY] },
    { weights: [80, 99, 76, 81], lines: [NEARLY] },
    { weights: [80, 74], lines: [NEARLY, "INFO the tree has room again bytes=74 limit=100"] },
    { weights: [100], lines: [FULL] },
    { weights: [100, 99, 110, 95, 100], lines: [FULL] },
    { weights: [100, 94], lines: [FULL, "WARN the tree is nearly full bytes=94 limit=100"] },
    { weights: [100, 78], lines: [FULL, "WARN the tree is nearly full bytes=78 limit=100"] },
    { weights: [100, 10], lines: [FULL, "INFO the tree has room again bytes=10 limit=100"] },
    {
      weights: [80, 100, 70, 80, 100],
      lines: [NEARLY, FULL, "INFO the tree has room again bytes=70 limit=100", NEARLY, FULL],
    },
  ]
) {
  Deno.test(`FillLevel tells of weights ${weights}, limit 100`, () => {
    assert.deepEqual(linesOf(weights), lines);
  });
}
