import { connect } from "zookeeper";
import { campaign } from "../src/election/campaign.ts";
import { Heartbeat } from "../src/election/heartbeat.ts";
import { electionLayout } from "../src/election/layout.ts";
import { createLogger } from "../src/log/logger.ts";
import { until } from "../tests/support/until.ts";

/**
 * Graceful hand-overs between two sessions: milliseconds from the call of release() until the
 * rival's campaign() has resolved.
 */
export async function measureHandovers(address: string, count: number): Promise<number[]> {
  const options = { sessionTimeoutMs: 10_000, signal: AbortSignal.timeout(10_000) };
  await using first = await connect(address, options);
  await using second = await connect(address, options);
  const layout = electionLayout("/bench/handover");
  const candidacy = {
    layout,
    participant: "bench",
    version: "0.0.0",
    logger: createLogger("bench", { level: "error" }),
    signal: AbortSignal.timeout(5 * 60_000),
  };

  const tookMs: number[] = [];
  await using firstBeat = new Heartbeat(first, { ...candidacy, tickTimeMs: 2000 });
  await using secondBeat = new Heartbeat(second, { ...candidacy, tickTimeMs: 2000 });
  const stand = (isFirst: boolean) =>
    isFirst
      ? campaign(first, { ...candidacy, heartbeat: firstBeat })
      : campaign(second, { ...candidacy, heartbeat: secondBeat });
  let leadership = await stand(true);
  for (let round = 0; round < count; round++) {
    const rival = stand(round % 2 === 1);
    await until(
      () => first.getChildren(layout.latch),
      ({ children }) => children.length === 2,
      { intervalMs: 5 },
    );
    const startMs = performance.now();
    const [won] = await Promise.all([
      rival.then((next) => ({ next, atMs: performance.now() })),
      leadership.release(),
    ]);
    tookMs.push(won.atMs - startMs);
    leadership = won.next;
  }
  await leadership.release();
  return tookMs;
}
