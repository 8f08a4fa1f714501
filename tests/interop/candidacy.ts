import type { CampaignOptions } from "../../src/election/campaign.ts";
import { electionLayout } from "../../src/election/layout.ts";
import { createLogger } from "../../src/log/logger.ts";

/** The election that masterd shares with the other clients. */
export const layout = electionLayout("/flink/cluster_one");

/** What one candidate of masterd campaigns with. */
export function candidacy(participant: string): Omit<CampaignOptions, "signal"> {
  return {
    layout,
    participant,
    version: "0.0.0",
    logger: createLogger("interop", { level: "error" }),
  };
}
