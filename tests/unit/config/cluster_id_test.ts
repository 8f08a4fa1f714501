import assert from "node:assert/strict";
import { yarnApplicationId } from "../../../src/config/cluster_id.ts";

const CONTAINERS: [string, string | undefined][] = [
  ["container_e17_1410901177871_0001_01_000005", "application_1410901177871_0001"],
  ["container_1410901177871_12345_01_000005", "application_1410901177871_12345"],
  ["", undefined],
  ["4c01db0b339c", undefined],
  ["container_1410901177871_0001", undefined],
  ["container_eX_1_1_1_1", undefined],
];

for (const [container, application] of CONTAINERS) {
  Deno.test(`yarnApplicationId() gives ${application ?? "nothing"} for ${JSON.stringify(container)}`, () => {
    assert.equal(yarnApplicationId(container), application);
  });
}
