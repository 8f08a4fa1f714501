import { Gauge, Registry } from "prom-client";
import { runTogether } from "../../async/run_together.ts";
import type { LeaderInformation } from "../../election/leadership.ts";
import type { MetricsText } from "../../http/metrics.ts";
import type { SessionObserver } from "../high_availability/services.ts";
import { SuccessionMeter } from "../journal/succession_meter.ts";
import type { FollowedValues, MasterObserver } from "../master_observer.ts";
import { VERSION } from "../version.ts";
import { Events } from "./events.ts";
import { ProcessGauges } from "./process_gauges.ts";
import { type MeasuredFacts, StatusGauges } from "./status_gauges.ts";

/**
 * What a master measures of itself, for Prometheus. No label holds a name or a text of others, so
 * there are as many time series as the code names, and no more.
 */
export class MasterMetrics implements SessionObserver, MasterObserver {
  readonly #registry = new Registry();
  readonly #events = new Events(this.#registry);
  readonly #statusGauges = new StatusGauges(this.#registry);
  readonly #processGauges = new ProcessGauges(this.#registry);
  readonly #meter = new SuccessionMeter();
  readonly #facts: () => MeasuredFacts;

  constructor(facts: () => MeasuredFacts) {
    this.#facts = facts;
    new Gauge({
      name: "masterd_build_info",
      help: "Always 1; the labels tell which masterd this is, and which Deno it holds.",
      labelNames: ["version", "deno"],
      registers: [this.#registry],
    }).set({ version: VERSION, deno: Deno.version.deno }, 1);
  }

  async read(): Promise<MetricsText> {
    await this.#processGauges.update();
    this.#statusGauges.update(this.#facts());
    const { contentType } = this.#registry;
    return { contentType, text: await this.#registry.metrics() };
  }

  heartbeatAnswered(latencyMs: number): void {
    this.#events.heartbeatTook(latencyMs);
  }

  heartbeatFailed(): void {
    this.#events.count("heartbeat failed");
  }

  connectionLost(): void {
    this.#events.count("connection lost");
  }

  found(): void {
    this.#events.count("leadership");
  }

  commandRestarts(): void {
    this.#events.count("command restarts");
  }

  storageFailed(): void {
    this.#events.count("storage failed");
  }

  async follow({ leader, connection }: FollowedValues, signal: AbortSignal): Promise<void> {
    await runTogether([
      async (signal) => {
        for await (const { kind } of connection.changes({ signal })) {
          this.#meter.connected(kind === "connected" || kind === "none");
        }
      },
      async (signal) => {
        for await (const known of leader.changes({ signal })) this.#leaderSeen(known);
      },
    ], signal);
  }

  #leaderSeen(known: LeaderInformation | undefined): void {
    const { succession: before } = this.#meter;
    this.#meter.saw(known);
    const { succession } = this.#meter;
    if (succession === before || succession?.predecessor === undefined) return;
    const { leaderSessionId, predecessor, gapMs } = succession;
    if (predecessor.leaderSessionId === leaderSessionId) return;
    this.#events.count("leader changed");
    if (gapMs !== null) this.#events.failoverTook(gapMs);
  }
}
