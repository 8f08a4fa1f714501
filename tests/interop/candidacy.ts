import type { ZooKeeper } from "zookeeper";
import type { CampaignOptions } from "../../src/election/campaign.ts";
import { Heartbeat } from "../../src/election/heartbeat.ts";
import { electionLayout } from "../../src/election/layout.ts";
import { createLogger } from "../../src/log/logger.ts";

/** The election that masterd shares with the other clients. */
export const layout = electionLayout("/flink/cluster_one");

/** The tick of the servers of these tests. */
export const TICK_TIME_MS = 500;

/** One for each session, which may campaign again and again. */
const heartbeats = new WeakMap<ZooKeeper, Heartbeat>();

/** What one candidate of masterd campaigns with; its heartbeat ends with the session. */
export function candidacy(zk: ZooKeeper, participant: string): Omit<CampaignOptions, "signal"> {
  const candidacy = {
    layout,
    participant,
    version: "0.0.0",
    logger: createLogger("interop", { level: "error" }),
  };
  const tickTimeMs = TICK_TIME_MS;
  const heartbeat = heartbeats.get(zk) ?? new Heartbeat(zk, { ...candidacy, tickTimeMs });
  heartbeats.set(zk, heartbeat);
  return { ...candidacy, heartbeat };
}
