import { parseArgs } from "node:util";
import { DurabilityCampaign } from "./campaign.ts";
import { seedOf, wholeNumber } from "../support/campaign_options.ts";

const { values: words } = parseArgs({
  options: {
    kills: { type: "string", default: "500" },
    seed: { type: "string" },
    binary: { type: "string" },
  },
});
const kills = wholeNumber("kills", words.kills);
const seed = seedOf(words.seed);

console.log(`seed ${seed}: ${kills} times kill -9 under load`);
await using campaign = await DurabilityCampaign.start({ seed, binary: words.binary });
let failedRounds = 0;
for (let round = 1; round <= kills; round++) {
  const before = campaign.ledger.failures.length;
  await campaign.round();
  const failures = campaign.ledger.failures.slice(before);
  if (failures.length > 0) {
    failedRounds++;
    console.error(`round ${round}:\n${failures.slice(0, 5).join("\n")}`);
  }
  if (round % 50 === 0 || round === kills) console.log(`${round}: ${campaign.ledger}`);
}
console.log(`\n${kills - failedRounds} passed, ${failedRounds} failed`);
Deno.exitCode = failedRounds === 0 ? 0 : 1;
