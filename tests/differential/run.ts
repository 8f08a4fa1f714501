import { parseArgs } from "node:util";
import { DifferenceError, run } from "./campaign.ts";
import { contestants } from "./servers.ts";
import { seedOf, wholeNumber } from "../support/campaign_options.ts";

const { values: words } = parseArgs({
  options: {
    seed: { type: "string" },
    operations: { type: "string", default: "10000" },
    programs: { type: "string", default: "1" },
    "reduction-seconds": { type: "string", default: "300" },
  },
});
const operations = wholeNumber("operations", words.operations);
const programs = wholeNumber("programs", words.programs);
const reductionLimitMs = 1000 * wholeNumber("reduction-seconds", words["reduction-seconds"]);
const firstSeed = seedOf(words.seed);

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
