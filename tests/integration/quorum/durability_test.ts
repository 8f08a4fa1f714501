import assert from "node:assert/strict";
import { DurabilityCampaign } from "../../durability/campaign.ts";

const KILLS = 10;

Deno.test("a server that is killed under load keeps every write and session it has acknowledged", async () => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`SEED=${seed}`);
  await using campaign = await DurabilityCampaign.start({ seed });
  for (let round = 0; round < KILLS; round++) await campaign.round();
  console.log(String(campaign.ledger));
  assert.deepEqual(campaign.ledger.failures, []);
  assert.ok(campaign.ledger.acknowledgedWrites > 100 && campaign.ledger.openWrites > 0);
});
