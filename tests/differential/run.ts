import { parseArgs } from "node:util";
import { DifferenceError, run } from "./campaign.ts";
import { contestants } from "./servers.ts";

const { values: words } = parseArgs({
  options: {
    seed: { type: "string" },
    operations: { type: "string", default: "10000" },
    programs: { type: "string", default: "1" },
    "reduction-seconds": { type: "string", default: "300" },
  },
});
const operations = positive("operations", words.operations);
const programs = positive("programs", words.programs);
const reductionLimitMs = 1000 * positive("reduction-seconds", words["reduction-seconds"]);
const firstSeed = words.seed === undefined
  ? crypto.getRandomValues(new Uint32Array(1))[0]!
  : positive("seed", words.seed);

let failed = 0;
for (let seed = firstSeed; seed < firstSeed + programs; seed++) {
  console.log(`seed ${seed}: ${operations} operations on Apache ZooKeeper and the embedded server`);
  try {
    console.log(`the same: ${await run({ seed, operations, contestants, reductionLimitMs })}`);
  } catch (error) {
    if (!(error instanceof DifferenceError)) throw error;
    failed++;
    console.error(error.message);
  }
}
console.log(`\n${programs - failed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${name}: ${text} is no number above 0`);
  Deno.exit(64);
}
